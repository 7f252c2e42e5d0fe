/* The lease as the failover loop and its store know it (R15, ADR 0013). */

/** Who holds the lease, and since which acquisition of all. */
export interface LeaseTerm {
  readonly holder: string;
  readonly term: number;
}

/** Proof that this process held the lease when it asked; checked again inside the transaction (R15: a lease alone does not fence). */
export interface LeaseFence extends LeaseTerm {
  /** What the row's clock showed at least when the fence was given, as this process reckons it, in its own ms. */
  readonly rowsFromMs: number;
  /**
   * What it shows at most by now. Our own clock counts on while we wait, and stands still while we sleep: a transaction that began outside of
   * these two was decided before a sleep.
   */
  readonly rowsByMs: () => number;
  /** How long ago the fence was given, on our own clock. */
  readonly ageMs: () => number;
}

/**
 * What is written under a fence is written so soon after it was given, or not at all. Below the 5 s after which the loop gives up (carry-out.ts)
 * and decides anew: a later commit would act on evidence that nobody looks at any more (R17).
 */
export const fencedWithinMs = 4_000;

/** One failover loop at a time (R15). */
export interface Lease {
  /** The fence while the lease is held and younger than the self-stop, else null; to be used at once. Never does I/O. */
  held(): LeaseFence | null;
  /** Acquires and renews until the signal aborts, then releases. */
  keep(signal: AbortSignal): Promise<void>;
  onChange(wake: () => void): () => void;
}
