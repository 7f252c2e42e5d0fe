import type { ErrorSpec } from './categories.ts';

/** Who may speak to us: administrators, enrolment, agents. */
export const accessErrors = {
  token_missing: {
    category: 'unauthenticated',
    summary: 'This request carries no access token.',
    remedy:
      'On the command line use `serverctl sign-in`, or name the data directory by SERVERCTL_DATA_DIR, or a token file by --token-file; in the API send `Authorization: Bearer …`.',
  },
  file_unreadable: {
    category: 'invalid',
    summary: 'A file named on the command line cannot be read.',
    remedy: 'Check the path, your rights to it, and that it holds what it should.',
  },
  file_unwritable: {
    category: 'invalid',
    summary: 'A file cannot be written.',
    remedy: 'Name one that does not exist yet, in a directory where you may write.',
  },
  answer_needed: {
    category: 'invalid',
    summary: 'This asks for something, and nothing was answered.',
    remedy: 'Answer at a terminal, or name a file with the answer; --help tells the option for it.',
  },
  output_needed: {
    category: 'invalid',
    summary: 'This shows a secret once, and standard output is no terminal.',
    remedy: 'Name a new file by --output, which you alone can read then; nothing was made or changed yet.',
  },
  token_invalid: {
    category: 'unauthenticated',
    summary: 'The access token is not valid.',
    remedy: 'Use the token of this control plane; `serverctl --help` says where it is read from.',
  },
  permission_denied: {
    category: 'forbidden',
    summary: 'You do not have the permission that this needs.',
    remedy: 'Ask an administrator for a role, or for a token, with the permission that the details name.',
  },
  enrolment_secret_invalid: {
    category: 'unauthenticated',
    summary: 'The enrolment secret is not known, was used before, or has been replaced.',
    remedy: 'Make a new install line for the member and use it once.',
  },
  enrolment_expired: {
    category: 'unauthenticated',
    summary: 'The enrolment secret has expired.',
    remedy: 'Make a new install line for the member; it is valid for 15 minutes by default.',
  },
  enrolment_wrong_ip: {
    category: 'forbidden',
    summary: 'Enrolment came from an address that is not allowed for this member.',
    remedy:
      'Add the address seen to the member’s allowed egress addresses if it is the host’s; if it is your proxy’s, name it in SERVERCTL_TRUSTED_PROXIES.',
  },
  enrolment_wrong_hostname: {
    category: 'forbidden',
    summary: 'The host’s name is not the one this secret was made for.',
    remedy: 'Run the line on the right host, or correct the hostname of the host or the member.',
  },
  agent_protocol_unsupported: {
    category: 'invalid',
    summary: 'This agent speaks a version of the protocol that this control plane does not.',
    remedy: 'Install the agent that this control plane offers; the details name the version it speaks.',
  },
  agent_key_unknown: {
    category: 'unauthenticated',
    summary: 'This member has no such key, or it was revoked.',
    remedy: 'Enrol the host again with a new install line.',
  },
  agent_signature_invalid: {
    category: 'unauthenticated',
    summary: 'The signature does not match the member’s key and our nonce.',
    remedy: 'The agent asks for a new nonce by itself; if it persists, enrol the host again.',
  },
  agent_nonce_invalid: {
    category: 'unauthenticated',
    summary: 'The nonce was not issued here, was used, or is older than 30 seconds.',
    remedy: 'The agent asks for a new nonce by itself.',
  },
  agent_token_invalid: {
    category: 'unauthenticated',
    summary: 'The session token is not valid or has expired.',
    remedy: 'The agent proves its key again by itself.',
  },
  agent_boot_superseded: {
    category: 'conflict',
    summary: 'A newer start of this agent is known; this one is not heard any more.',
    remedy: 'Stop the older agent. If nobody started a second one, the key may have been copied: enrol the host again.',
  },
  member_wrong_ip: {
    category: 'forbidden',
    summary: 'The heartbeat came from an address that is not allowed for this member.',
    remedy:
      'Allow the address seen if it is the host’s new egress; if it is your proxy’s, name it in SERVERCTL_TRUSTED_PROXIES.',
  },
  member_wrong_hostname: {
    category: 'forbidden',
    summary: 'The heartbeat names a hostname that is not this member’s.',
    remedy: 'Rename the member to the host’s present name, or the host back.',
  },
} as const satisfies Record<string, ErrorSpec>;
