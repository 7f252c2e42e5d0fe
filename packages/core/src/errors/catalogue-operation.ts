import type { ErrorSpec } from './categories.ts';

/** What a person does to a pool in operation: maintenance, pause, drift, brakes, the question why. */
export const operationErrors = {
  maintenance_invalid: {
    category: 'invalid',
    summary: 'A maintenance lasts from 1 minute to 7 days.',
    remedy: 'Choose 1m to 7d (API: 1 to 10080 minutes); extend it with the same command when it takes longer.',
  },
  maintenance_on_active: {
    category: 'conflict',
    summary: 'The member is active: while it is in maintenance nothing moves the record away from it.',
    remedy:
      'Choose `--stay` (API: `onActive: stay`) to leave the record here, or, where the details name a next one, `--switch` (API: `onActive: switch`) to move it there first. Where they name none, they say why `--switch` cannot be chosen, and what to do.',
  },
  not_in_maintenance: {
    category: 'conflict',
    summary: 'It is not in maintenance.',
    remedy: 'Nothing is to be done; a maintenance ends by itself when its time is over.',
  },
  pool_in_maintenance: {
    category: 'conflict',
    summary: 'The pool is in maintenance: only a switchover that names its target acts.',
    remedy:
      'Name the member in `serverctl member promote`, or end the maintenance with `serverctl pool maintenance POOL --end`.',
  },
  pool_paused: {
    category: 'conflict',
    summary: 'The pool is paused: only a switchover that names its target acts.',
    remedy:
      'To move the record now, name the member in `serverctl member promote POOL HOST`. For everything else look at `serverctl pool show` for the reason, then end the pause with `serverctl pool resume`.',
  },
  record_claimed: {
    category: 'conflict',
    summary: 'The pool is paused, and what stands at a name would refuse the write: somebody else claims the record.',
    remedy:
      'Find out who else writes the names in the details. Then `serverctl pool resume POOL --keep` (write the present active member’s address over it) or `--adopt` (make the member active that the records name), and promote afterwards.',
  },
  pool_already_paused: {
    category: 'conflict',
    summary: 'The pool is paused already.',
    remedy: 'Nothing is to be done; `serverctl pool resume` ends it.',
  },
  pool_not_paused: {
    category: 'conflict',
    summary: 'The pool is not paused.',
    remedy:
      'Nothing is to be resumed; a record that somebody changed is taken over by `serverctl pool adopt` or put back by `serverctl pool repair`.',
  },
  resume_needs_choice: {
    category: 'conflict',
    summary: 'A record is not as this pool left it, so resuming needs to know which of the two is right.',
    remedy:
      'Read the names in the details, then choose `--adopt` (make the member active that the records name) or `--keep` (write the present active member’s address again); in the API `record`.',
  },
  record_names_no_member: {
    category: 'conflict',
    summary: 'The records do not all name one and the same member of this pool.',
    remedy:
      'Adopting needs all names on one member: either set the others to it by hand as well, or put the active member’s address back into all with `serverctl pool repair`, while the pool is paused with `serverctl pool resume --keep`.',
  },
  record_as_wished: {
    category: 'conflict',
    summary: 'No record holds another member’s address: each is as this pool left it, or is put right by itself.',
    remedy: 'Nothing is to be adopted or repaired; `serverctl pool show` says what each name answers.',
  },
  record_being_written: {
    category: 'conflict',
    summary:
      'A record still waits to be written for the present epoch: what it holds is older than the last promotion.',
    remedy:
      'Wait until it is written, or mend what `serverctl pool show` says stands in its way; to move the record elsewhere use `serverctl member promote`.',
  },
  member_not_quarantined: {
    category: 'conflict',
    summary: 'The member is not quarantined.',
    remedy: 'Nothing is to be cleared; `serverctl member list` shows each member’s health.',
  },
  member_not_refused: {
    category: 'conflict',
    summary: 'The member’s last heartbeats were not refused for their address, so there is none to allow.',
    remedy: 'Give the address itself with `serverctl member set --egress`; it names all that are allowed.',
  },
  member_refused_for_hostname: {
    category: 'conflict',
    summary: 'The member’s heartbeats are refused for the hostname that its host calls itself, not for an address.',
    remedy:
      'Was the host renamed? `serverctl member set POOL HOST --hostname NAME`, with the name in the details. Is it another host? Enrol the right one: `serverctl member enrol POOL HOST`.',
  },
  brakes_not_released: {
    category: 'conflict',
    summary: 'The brakes are in force: nobody has released them.',
    remedy: 'Nothing is to be restored; `serverctl brakes show` says what holds.',
  },
  decision_not_found: {
    category: 'not-found',
    summary: 'No decision about this pool is known for that time.',
    remedy:
      'Ask for a time after the earliest one in the details; decisions are kept for 30 days. Without any, wait until a failover loop has judged the pool.',
  },
  zone_invalid: {
    category: 'invalid',
    summary: 'The zone is not a usable label.',
    remedy: 'Use 1 to 64 letters, digits, dots, hyphens and underscores, for example eu-west-1a.',
  },
} as const satisfies Record<string, ErrorSpec>;
