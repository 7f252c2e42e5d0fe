/** The machine's wall clock, in milliseconds: scenarios compare with instants that other processes wrote down, and no monotonic clock is shared. */
export const wallMs = (): number => Date.now();
