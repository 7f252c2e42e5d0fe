/** Which rule looks at what, by the names that the evidence has (docs/reference/rules.md has them all). */
const rulesOfInput: Readonly<Record<string, readonly string[]>> = {
  'active member': ['R1'],
  silence: ['R1', 'R2'],
  'failover delay': ['R2'],
  HAProxy: ['R4'],
  'HAProxy grace': ['R4'],
  listening: ['R2'],
  'addresses needed': ['R20'],
  paused: ['R13'],
  'maintenance of the pool': ['R13'],
  'maintenance of the member': ['R13'],
  'never written': ['R16'],
  'promotions of this pool': ['R11'],
  held: ['R11'],
  failback: ['R12'],
  'dynamic DNS': ['R20'],
  fleet: ['R9'],
  'dead zones': ['R9'],
  'promotions of all pools': ['R10'],
  brakes: ['R9', 'R10'],
};

export const rulesOf = (input: string): readonly string[] => rulesOfInput[input] ?? [];
