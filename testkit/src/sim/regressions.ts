/** A world that once broke an invariant, and what it taught. */
export interface Regression {
  readonly seed: number;
  readonly minutes: number;
  /** The fault was the product's, the simulator's or a judge's. */
  readonly of: 'product' | 'simulator' | 'judge';
  readonly taught: string;
}

/** Run by the tests; a seed is a recipe for chance, so a change of the simulator may make another world of it. */
export const regressions: readonly Regression[] = [
  {
    seed: 3,
    minutes: 15,
    of: 'judge',
    taught:
      'A process that stood still reads a backlog of beats when it goes on: they are news to it alone. Silence is measured from the newest (boot, seq) that any process took.',
  },
  {
    seed: 24,
    minutes: 10,
    of: 'judge',
    taught:
      "A suspended machine's monotonic clock stands still with it, so for a moment it leads by its own clock; what it could have read is counted by the time in which it ran.",
  },
  {
    seed: 127,
    minutes: 15,
    of: 'judge',
    taught:
      'HAProxy on its way up is neutral, not unhealthy: health begins again when the unit leaves `failed`, not when it runs.',
  },
];
