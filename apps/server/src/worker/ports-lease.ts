/* The lease as the failover loop and its store know it (R15, ADR 0013). */

/** Who holds the lease, and since which acquisition of all. */
export interface LeaseTerm {
  readonly holder: string;
  readonly term: number;
}

/** Bounds of the row's clock, in its own ms. */
export interface RowsNow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Proof that this process held the lease when it asked; checked again inside the transaction (R15: a lease alone does not fence). */
export interface LeaseFence extends LeaseTerm {
  /** What the row's clock shows now as this process reckons it: a commit that begins outside of that was decided before a sleep. */
  readonly rowsNow: RowsNow;
}

/** One failover loop at a time (R15). */
export interface Lease {
  /** The fence while the lease is held and younger than the self-stop, else null; to be used at once. Never does I/O. */
  held(): LeaseFence | null;
  /** Acquires and renews until the signal aborts, then releases. */
  keep(signal: AbortSignal): Promise<void>;
  onChange(wake: () => void): () => void;
}
