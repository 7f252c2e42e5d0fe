import { dnsApiErrors } from './catalogue-dns-api.ts';
import { dnsPanelErrors } from './catalogue-dns-panel.ts';
import { resolverErrors } from './catalogue-resolver.ts';
import type { ErrorSpec } from './categories.ts';

/** The DNS providers’ failures, mapped by status and structure, never by text. */
export const dnsErrors = {
  credential_not_found: {
    category: 'not-found',
    summary: 'No DNS credential has this id or name.',
    remedy: 'List them with `serverctl dns credential list`, and check the name or id.',
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
  credential_try_failed: {
    category: 'provider',
    summary: 'The credential as it was to become does not work where managed names use it; nothing was stored.',
    remedy:
      'Mend what the provider says in the details, then repeat the change. To store it all the same: `--untested`, in the API `untested`.',
  },
  credential_secret_required: {
    category: 'invalid',
    summary: 'Changing where a credential’s secret is sent needs that secret again.',
    remedy:
      'Give the secret, or the API token, together with what changes: the server, its port or the API base; for cPanel and WHM also the user, the server name, the certificate authority or the pinned certificate.',
  },
  credential_kind_differs: {
    category: 'invalid',
    summary: 'These settings are of another kind of DNS provider than the credential.',
    remedy: 'Leave out the settings in the details; for another kind of provider add a credential of its own.',
  },
  tsig_secret_invalid: {
    category: 'invalid',
    summary: 'The TSIG secret is not base64, or is shorter than 16 bytes.',
    remedy:
      'Copy from the name server’s key file what stands between the quotes behind `secret`, or give the command line that whole file.',
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
    summary: 'The DNS provider refuses this change for this key or token.',
    remedy:
      'Give it the right to edit this name: update-policy on a name server, DNS Edit on the zone for an API token of Cloudflare, the privilege edit-dns for a token of WHM and for its user, the feature Zone Editor for an account of cPanel.',
  },
  dns_zone_not_served: {
    category: 'provider',
    summary: 'The DNS provider does not serve this zone, or not for this credential.',
    remedy: 'Check the zone’s name, and that the server is its primary or the token may see it.',
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
    remedy: 'Remove the CNAME, or manage the name it points to, which `dig +short NAME CNAME` tells.',
  },
  record_not_ours_there: {
    category: 'conflict',
    summary: 'Through the other credential the name holds something else than we left at it.',
    remedy:
      'Release the name and add it with the other credential (`serverctl dns remove`, then `dns add`): that shows what stands there, and asks.',
  },
  proxied_unsupported: {
    category: 'invalid',
    summary: 'This DNS provider has no proxy, so its records are neither proxied nor DNS-only.',
    remedy: 'Leave out `proxied`, or use a credential of a provider that has a proxy.',
  },
  dns_server_failure: {
    category: 'provider',
    summary: 'The DNS provider failed to carry out the request.',
    remedy: 'Look at the name server’s log or the provider’s status page.',
  },
  dns_reply_malformed: {
    category: 'provider',
    summary: 'The DNS provider’s reply is not one that we can read.',
    remedy:
      'Check that host and port, or the API base, are the provider’s, and that nothing in between answers in its place.',
  },
  dns_unreachable: {
    category: 'unavailable',
    summary: 'The DNS provider did not answer, or could not be reached; nothing was changed.',
    remedy: 'Check host, port and firewall, and whether the provider works.',
  },
  dns_outcome_unknown: {
    category: 'ambiguous',
    summary: 'The DNS provider did not say whether the change was made.',
    remedy: 'Look at what stands there before it is asked for again; a publication does that by itself.',
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
    remedy: 'Wait as long as the details say; what a publication needs is asked for again then by itself.',
  },
  ...dnsApiErrors,
  ...dnsPanelErrors,
  ...resolverErrors,
} as const satisfies Record<string, ErrorSpec>;
