/** One invariant broken at one moment of one world. */
export interface Violation {
  /** Simulated time since the world began. */
  readonly atMs: number;
  /** Its number in RELIABILITY.md section 6. */
  readonly invariant: string;
  /** What was broken, with the figures. */
  readonly sentence: string;
}

/** What one world came to; a message between processes, so plain JSON. */
export interface SeedReport {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly events: number;
  /** SHA-256 over the trace: equal digests, equal worlds. */
  readonly digest: string;
  readonly violations: readonly Violation[];
  /** The last events before the first violation; empty without one. */
  readonly lastEvents: readonly string[];
  /** How often each thing that must be seen sometimes was seen. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly frozenTicks: number;
}

/** What a process is asked for. `minutes` null = as the plan says. */
export interface SeedOrder {
  readonly seed: number;
  readonly minutes: number | null;
  /** Kinds of faults that the world may draw; all when left out. */
  readonly faults?: readonly string[];
}
