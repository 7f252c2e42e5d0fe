import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** What a reader of pools takes for the same, and so neither makes nor judges again (ADR 0024). */
export const readingMutants: readonly Mutant[] = [
  {
    name: 'report-not-compared',
    breaks: 'A pool is taken to say the same though a member reported another address: it is not followed (liveness).',
    faults: ['address-changes'],
    patches: [
      {
        file: paths.testkit('memory-read-pools'),
        piece: 'house.reportedIpv4.get(id), house.reportedIpv6.get(id), ',
        replacement: '',
      },
    ],
  },
];
