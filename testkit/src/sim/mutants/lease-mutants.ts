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
        piece: 'if (beganAt - confirmedAt >= times.leaseMs) drop();',
        replacement: 'if (beganAt - confirmedAt >= 1e9) drop();',
      },
      {
        file: paths.worker('lease'),
        piece: 'const held = () => (fence !== null && clock.now() - confirmedAt < times.selfStopMs ? fence : null);',
        replacement: 'const held = () => (fence !== null && clock.now() - confirmedAt < 1e9 ? fence : null);',
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
        piece: "if (held?.term !== fence.term || held.holder !== fence.holder) throw new AppError('not_leader');",
        replacement: "if (held === undefined) throw new AppError('not_leader');",
      },
      {
        file: paths.worker('lease'),
        piece: 'const held = () => (fence !== null && clock.now() - confirmedAt < times.selfStopMs ? fence : null);',
        replacement: 'const held = () => (fence !== null && clock.now() - confirmedAt < 12_000 ? fence : null);',
      },
    ],
  },
];
