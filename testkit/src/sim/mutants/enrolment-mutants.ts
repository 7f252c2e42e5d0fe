import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** R34: who may make a key. */
export const enrolmentMutants: readonly Mutant[] = [
  {
    name: 'secret-usable-twice',
    breaks: 'A used enrolment secret makes another key (R34).',
    patches: [{ file: paths.testkit('sim/agent-tables'), piece: 'secrets.delete(id);', replacement: '' }],
  },
];
