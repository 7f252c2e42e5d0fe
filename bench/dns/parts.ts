/** What `--only` picks, in the order in which it is measured. */
export const parts = ['names', 'decisions', 'racers', 'late', 'faults'] as const;
export type Part = (typeof parts)[number];
