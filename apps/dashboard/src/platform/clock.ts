/** Time, as the page measures it. Ages are differences of `nowMs`; what a person reads as an instant comes from the server's clock. */
export interface Clock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** This computer's idea of the time, in epoch milliseconds: only until the server has said its own. */
  wallMs(): number;
  /** Calls back once, after so many milliseconds. Returns what cancels it. */
  after(ms: number, then: () => void): () => void;
  /** Calls back before the next frame is drawn; not while the page is hidden. */
  frame(then: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  frame(then) {
    const handle = requestAnimationFrame(then);
    return () => cancelAnimationFrame(handle);
  },
};
