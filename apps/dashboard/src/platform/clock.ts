import { createAwakeTime } from './awake-time.ts';

/** Time, as the page measures it. Ages are differences of `nowMs`; what a person reads as an instant comes from the server's clock. */
export interface Clock {
  /** Monotonic milliseconds, those included in which the computer slept. */
  nowMs(): number;
  /** Calls back as soon as it is seen that the computer slept. Returns what ends it. */
  onSlept(slept: () => void): () => void;
  /** This computer's idea of the time, in epoch milliseconds: only until the server has said its own. */
  wallMs(): number;
  /** Calls back once, after so many milliseconds. Returns what cancels it. */
  after(ms: number, then: () => void): () => void;
  /** Calls back before the next frame is drawn; not while the page is hidden. */
  frame(then: () => void): () => void;
}

const wallMs = () => Date.now();
const awake = createAwakeTime(() => performance.now(), wallMs);
/** Sleep is seen by asking for the time: a page that draws nothing asks too. */
const askEveryMs = 1_000;

export const systemClock: Clock = {
  nowMs: awake.nowMs,
  wallMs,
  onSlept(slept) {
    const forget = awake.onSlept(slept);
    const timer = setInterval(awake.nowMs, askEveryMs);
    return () => {
      clearInterval(timer);
      forget();
    };
  },
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  frame(then) {
    const handle = requestAnimationFrame(then);
    return () => cancelAnimationFrame(handle);
  },
};
