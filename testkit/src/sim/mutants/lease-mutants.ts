import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R15: one leader. */
export const leaseMutants: readonly Mutant[] = [
  {
    name: 'lease-never-stops-itself',
    breaks: 'A holder that cannot renew goes on leading (R15).',
    patches: [
      {
        file: paths.worker('lease'),
        piece: 'if (beganAt - confirmedAt < times.leaseMs) {',
        replacement: 'if (beganAt - confirmedAt < 1e9) {',
      },
      {
        file: paths.worker('lease'),
        piece: 'if (present === null || ageMs >= times.selfStopMs) return null;',
        replacement: 'if (present === null || ageMs >= 1e9) return null;',
      },
    ],
  },
  {
    name: 'takeover-early',
    breaks: 'A waiting process takes the lease while its holder may still lead (R15).',
    patches: [
      {
        file: paths.worker('lease'),
        piece: 'unrenewed: () => (seen !== null && clock.now() - seen.since >= takeoverMs ? seen.stamp : null),',
        replacement:
          'unrenewed: () => (seen !== null && clock.now() - seen.since >= 0 * takeoverMs ? seen.stamp : null),',
      },
    ],
  },
  {
    name: 'takeover-never',
    breaks: 'The lease of a dead holder stays its own (R15; liveness).',
    patches: [
      {
        file: paths.worker('lease'),
        piece: 'unrenewed: () => (seen !== null && clock.now() - seen.since >= takeoverMs ? seen.stamp : null),',
        replacement:
          'unrenewed: () => (seen !== null && clock.now() - seen.since >= 1e9 + takeoverMs ? seen.stamp : null),',
      },
    ],
  },
  {
    name: 'fence-not-checked-at-commit',
    breaks: 'A promotion is committed under a lease that is over (R15).',
    patches: [
      {
        file: paths.testkit('memory-store'),
        piece:
          "if (held?.term !== fence.term || held.holder !== fence.holder || slept) throw new AppError('not_leader');",
        replacement: "if (held === undefined || (slept && !slept)) throw new AppError('not_leader');",
      },
    ],
  },
  {
    name: 'slept-holder-acts',
    breaks: 'A holder whose machine was suspended promotes by what it heard before, which looks young to it (R15, R2).',
    patches: [
      {
        file: paths.testkit('memory-store'),
        piece: 'fences.nowMs() > fence.rowsByMs();',
        replacement: 'fences.nowMs() > fence.rowsByMs() + 1e9;',
      },
      {
        file: paths.worker('lease'),
        piece: 'atMs <= rows.at(clock.now()).untilMs;',
        replacement: 'atMs <= rows.at(clock.now()).untilMs + 1e9;',
      },
    ],
  },
];
