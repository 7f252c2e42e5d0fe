import type { ErrorSpec } from './categories.ts';

/** Pools, members, promotions, bindings. */
export const poolErrors = {
  pool_not_found: {
    category: 'not-found',
    summary: 'No pool has this id or name.',
    remedy: 'List the pools and check the id.',
  },
  pool_name_taken: {
    category: 'conflict',
    summary: 'A pool with this name exists already.',
    remedy: 'Choose another name, or use the existing pool.',
  },
  pool_name_invalid: {
    category: 'invalid',
    summary: 'The name of the pool is not usable.',
    remedy: 'Use 1 to 64 letters, digits, dots, hyphens and underscores, for example edge-eu.',
  },
  pool_not_active: {
    category: 'conflict',
    summary: 'The pool has no active member yet.',
    remedy: 'Confirm the first publish, then try again.',
  },
  pool_already_active: {
    category: 'conflict',
    summary: 'The first publish was confirmed before.',
    remedy: 'Change the active member with `member promote` or `pool cut`.',
  },
  failover_delay_out_of_range: {
    category: 'invalid',
    summary: 'The failover delay must be between 10 and 120 seconds.',
    remedy: 'Choose a delay from 10 to 120 s; 30 s is the default.',
  },
  haproxy_grace_out_of_range: {
    category: 'invalid',
    summary: 'The HAProxy grace must be between 0 and 30 seconds.',
    remedy: 'Choose a grace from 0 to 30 s; 1 s is the default.',
  },
  failback_invalid: {
    category: 'invalid',
    summary: 'The failback settings are not valid.',
    remedy: 'The details name the field and what it must be.',
  },
  failover_would_move_now: {
    category: 'conflict',
    summary: 'Automatic failover would move the record at once, because the active member is unhealthy.',
    remedy: 'Look at the pool, then confirm with `--confirm-move` (API: `confirmMove`).',
  },
  member_not_found: {
    category: 'not-found',
    summary: 'No member of this pool has this id or hostname.',
    remedy: 'List the members of the pool and check the id.',
  },
  member_hostname_taken: {
    category: 'conflict',
    summary: 'A member with this hostname exists already.',
    remedy: 'Remove the other member first, or give this host another name.',
  },
  member_address_taken: {
    category: 'conflict',
    summary: 'Another member has this public address already.',
    remedy: 'Give each member its own public address; two members behind one address cannot be told apart.',
  },
  member_address_would_move: {
    category: 'conflict',
    summary: 'The member is active: a new public address would move the pool’s records at once.',
    remedy:
      'Read the names and both addresses in the details, then confirm with `--confirm-move` (API: `confirmMove`).',
  },
  order_would_fail_back: {
    category: 'conflict',
    summary: 'With this priority the pool’s records would go to another member later: failback is automatic here.',
    remedy: 'Read the details, then confirm with `--confirm-failback` (API: `confirmFailback`).',
  },
  member_is_active: {
    category: 'conflict',
    summary: 'The active member cannot be removed.',
    remedy:
      'Make another member active first, or pass `--release-record` (API: `releaseRecord`) to end management and leave the record as it is.',
  },
  hostname_invalid: {
    category: 'invalid',
    summary: 'The hostname is not a fully qualified domain name.',
    remedy: 'Give the full name, for example lb1.example.com.',
  },
  egress_invalid: {
    category: 'invalid',
    summary: 'An allowed egress entry is neither an IP address nor a CIDR range.',
    remedy: 'Write addresses like 198.51.100.7 or ranges like 2001:db8::/48.',
  },
  public_address_invalid: {
    category: 'invalid',
    summary: 'The public address is not a usable unicast address of its family.',
    remedy:
      'Give the address at which clients reach this member, for example 198.51.100.7 as its IPv4 one, 2001:db8::7 as its IPv6 one.',
  },
  priority_out_of_range: {
    category: 'invalid',
    summary: 'The priority must be a whole number from 1 to 9999.',
    remedy: 'Choose a number; the lowest is preferred and 100 is the default.',
  },
  unit_invalid: {
    category: 'invalid',
    summary: 'A unit name is not a systemd service name.',
    remedy: 'Write names like haproxy.service or haproxy@edge.service.',
  },
  target_not_ready: {
    category: 'conflict',
    summary: 'The chosen member is not ready.',
    remedy:
      'Choose a ready standby, or confirm with `--confirm-not-ready` (API: `confirmNotReady`) after reading why it is not.',
  },
  target_is_active: {
    category: 'conflict',
    summary: 'The chosen member is active already.',
    remedy: 'Nothing is to be done.',
  },
  target_has_no_address: {
    category: 'conflict',
    summary: 'The chosen member has no public IPv4 address.',
    remedy: 'Set its public address, or let its agent report one.',
  },
  target_has_no_aaaa: {
    category: 'conflict',
    summary: 'The chosen member has no public IPv6 address, which the pool’s names need.',
    remedy:
      'Set it with `member set --ipv6`, or let its agent report one. Where the names have an A beside the AAAA, `pool set --ipv6 drop` lets the AAAA go with it.',
  },
  no_ready_standby: {
    category: 'conflict',
    summary: 'No standby is ready.',
    remedy:
      'The list of members says why each one is not; repair one, or name one to `member promote` (`pool publish` where nobody is active yet) and confirm with `--confirm-not-ready` (API: `confirmNotReady`).',
  },
  pool_changed: {
    category: 'conflict',
    summary: 'The pool changed since the preview was made.',
    remedy: 'Look at the preview again and confirm the present one.',
  },
  promotion_not_found: {
    category: 'not-found',
    summary: 'No promotion has this id.',
    remedy: 'List the promotions of the pool.',
  },
  binding_not_found: {
    category: 'not-found',
    summary: 'The pool has no such managed name.',
    remedy: 'List the managed names of the pool.',
  },
  binding_not_named: {
    category: 'invalid',
    summary: 'The pool has several managed names.',
    remedy: 'Say which one is meant.',
  },
  binding_missing: {
    category: 'conflict',
    summary: 'The pool has no managed name yet.',
    remedy: 'Connect DNS first: add a credential and a managed name.',
  },
  binding_name_taken: {
    category: 'conflict',
    summary: 'Another pool manages this name already.',
    remedy: 'Use another name, or release it in the other pool first.',
  },
  binding_exists: {
    category: 'conflict',
    summary: 'This pool manages this name already.',
    remedy:
      'Nothing is to be done for this record; `dns set` changes its TTL, proxied and credential. For the other family: `serverctl dns add` with `--families ipv6`, or `ipv4`. For another zone remove the name and add it again.',
  },
  dns_name_invalid: {
    category: 'invalid',
    summary: 'This is not a full DNS name of letters, digits, hyphens and underscores.',
    remedy: 'Give the full name in its ASCII form (xn--… for other letters), for example lb.example.com; no wildcard.',
  },
  binding_changed: {
    category: 'conflict',
    summary:
      'The managed name or its pool was changed by somebody else while this change was tried; nothing was stored.',
    remedy: 'Look at it with `serverctl dns show`, then repeat the change if it is still wanted.',
  },
  dns_name_outside_zone: {
    category: 'invalid',
    summary: 'The name does not lie in the zone.',
    remedy: 'Choose the zone that holds the name.',
  },
  ttl_out_of_range: {
    category: 'invalid',
    summary: 'The TTL must be between 1 and 86400 seconds.',
    remedy: 'Choose 30 or 60 s: the TTL is added to every failover.',
  },
  record_not_ours: {
    category: 'conflict',
    summary: 'The record exists and is not marked as this pool’s.',
    remedy: 'Read what it holds, then confirm with `--take-over` (API: `takeOver`) to manage it from now on.',
  },
  record_names_another_member: {
    category: 'conflict',
    summary: 'The record names another member than the chosen one.',
    remedy: 'Publish the member in the details, or pass `--take-over` (API: `takeOver`) to move the record.',
  },
  confirmation_required: {
    category: 'conflict',
    summary: 'This needs a yes, and none was given.',
    remedy: 'Answer y at the prompt, or pass --yes after reading the preview.',
  },
  not_confirmed: {
    category: 'conflict',
    summary: 'Nothing was changed: the answer was no yes.',
    remedy: 'Ask again when you want it; y or yes is the yes.',
  },
} as const satisfies Record<string, ErrorSpec>;
