/**
 * The epoch of the next promotion (R16): above the pool's own and above any seen in a mark at the provider, which a restored database
 * may have forgotten (R25).
 */
export function nextEpoch(poolEpoch: number, seenInMarks: readonly number[] = []): number {
  return Math.max(poolEpoch, ...seenInMarks) + 1;
}

/** Whether a DNS call made under `callEpoch` may start while the pool is at `poolEpoch`: none starts under a superseded one (R16). */
export function mayWrite(callEpoch: number, poolEpoch: number): boolean {
  return callEpoch === poolEpoch;
}
