import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R22: names that travel together. */
export const togetherMutants: readonly Mutant[] = [
  {
    name: 'sent-without-asking',
    breaks: 'A call of many carries a name that its process knows to be superseded by then (R16).',
    faults: ['both-families', 'switchovers-amid-slow-provider', 'provider-slow'],
    patches: [
      {
        file: paths.worker('trip'),
        piece: 'this.#plan.mayGo() && place.isWanted(),',
        replacement: 'this.#plan.mayGo(),',
      },
    ],
  },
  {
    name: 'batch-taken-for-done',
    breaks: 'What failed in a call of many counts as acknowledged (R19).',
    faults: ['both-families', 'provider-errors', 'haproxy-stop'],
    patches: [
      {
        file: paths.worker('zone-carriage'),
        piece: 'for (const [index, outcome] of outcomes.entries()) passengers[index]?.settle(outcome);',
        replacement:
          "const done = { status: 'fulfilled', value: { outcome: 'written', fencedBy: 'record-and-mark' } };\n    for (const [index, outcome] of outcomes.entries())\n      passengers[index]?.settle(outcome.status === 'rejected' && 'mark' in asked[index] ? done : outcome);",
      },
    ],
  },
];
