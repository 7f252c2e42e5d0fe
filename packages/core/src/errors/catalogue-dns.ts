import type { ErrorSpec } from './categories.ts';

/** The DNS providers’ failures, mapped by status and structure, never by text. */
export const dnsErrors = {
  credential_not_found: {
    category: 'not-found',
    summary: 'No DNS credential has this id or name.',
    remedy: 'List the credentials and check the id.',
  },
  credential_name_taken: {
    category: 'conflict',
    summary: 'A DNS credential with this name exists already.',
    remedy: 'Choose another name.',
  },
  credential_in_use: {
    category: 'conflict',
    summary: 'The credential is used by managed names.',
    remedy: 'Move those names to another credential first.',
  },
  credential_changed: {
    category: 'conflict',
    summary: 'The credential was changed by somebody else in the meantime.',
    remedy: 'Look at it again, then repeat the change if it is still wanted.',
  },
  credential_secret_required: {
    category: 'invalid',
    summary: 'Changing the server of a credential needs its secret again.',
    remedy: 'Send the secret together with the new server.',
  },
  tsig_secret_invalid: {
    category: 'invalid',
    summary: 'The TSIG secret is not base64, or is shorter than 16 bytes.',
    remedy: 'Copy the secret as the name server’s key file shows it.',
  },
  tsig_key_name_invalid: {
    category: 'invalid',
    summary: 'This cannot be the name of a TSIG key.',
    remedy:
      'Give the key’s name as it stands in the name server’s configuration: labels joined by dots, without spaces.',
  },
  tsig_algorithm_unsupported: {
    category: 'invalid',
    summary: 'This TSIG algorithm is not supported.',
    remedy: 'Use hmac-sha256, hmac-sha384 or hmac-sha512.',
  },
  dns_tsig_unknown_key: {
    category: 'provider',
    summary: 'The name server does not know a TSIG key of this name and algorithm.',
    remedy: 'Check the key’s name and algorithm; both must equal those in the server’s configuration.',
  },
  dns_tsig_wrong_secret: {
    category: 'provider',
    summary: 'The name server knows the key, but its secret is another.',
    remedy: 'Copy the secret again from the server’s key.',
  },
  dns_tsig_clock_skew: {
    category: 'provider',
    summary: 'The clocks of this host and the name server differ too much for TSIG.',
    remedy: 'Set both clocks by NTP; the details say how far they are apart.',
  },
  dns_reply_unproven: {
    category: 'provider',
    summary: 'The reply does not carry a valid signature, so nothing in it is believed.',
    remedy: 'Check that nothing between us and the name server alters DNS; TCP is used where possible.',
  },
  dns_not_allowed: {
    category: 'provider',
    summary: 'The name server refuses this change for this key.',
    remedy: 'Give the key the right to edit this name, for example with update-policy.',
  },
  dns_zone_not_served: {
    category: 'provider',
    summary: 'The name server is not authoritative for this zone.',
    remedy: 'Check the zone’s name, and that the server is its primary.',
  },
  dns_name_not_in_zone: {
    category: 'provider',
    summary: 'The name server says the name is outside the zone.',
    remedy: 'Check zone and name.',
  },
  dns_rrset_drifted: {
    category: 'conflict',
    summary: 'The record changed between reading and writing; nothing was written.',
    remedy: 'Read again: by itself at once for a failover, else look at who changes it.',
  },
  dns_cname_in_the_way: {
    category: 'conflict',
    summary: 'A CNAME stands at this name, so no address record can be.',
    remedy: 'Remove the CNAME, or manage the name it points to.',
  },
  dns_server_failure: {
    category: 'provider',
    summary: 'The name server failed to carry out the request.',
    remedy: 'Look at the name server’s log; it is tried again by itself.',
  },
  dns_reply_malformed: {
    category: 'provider',
    summary: 'The name server’s reply is not a DNS message we can read.',
    remedy: 'Check that host and port are those of a name server.',
  },
  dns_unreachable: {
    category: 'unavailable',
    summary: 'The DNS provider could not be reached; nothing was sent.',
    remedy: 'Check host, port and firewall; it is tried again by itself.',
  },
  dns_outcome_unknown: {
    category: 'ambiguous',
    summary: 'The DNS provider did not say whether the change was made.',
    remedy: 'It is read before any retry, by itself.',
  },
  dns_foreign_mark: {
    category: 'conflict',
    summary: 'Another control plane’s mark stands beside this record.',
    remedy: 'Find the other control plane; only take the record over when it no longer manages it.',
  },
  dns_epoch_superseded: {
    category: 'conflict',
    summary: 'The record carries a newer epoch than this write; nothing was written.',
    remedy: 'A newer promotion wrote it, or the database is an older copy: look at the promotions before resuming.',
  },
  dns_snapshot_unusable: {
    category: 'unavailable',
    summary: 'The copy of the records that a control plane keeps for emergencies cannot be read here.',
    remedy:
      'Run the command on the control plane’s host, as the user that it runs as or as root, and name its data directory by SERVERCTL_DATA_DIR where it is another one.',
  },
  dns_rate_limited: {
    category: 'rate-limited',
    summary: 'The DNS provider asked us to slow down.',
    remedy: 'Retried by itself after the time the provider named.',
  },
} as const satisfies Record<string, ErrorSpec>;
