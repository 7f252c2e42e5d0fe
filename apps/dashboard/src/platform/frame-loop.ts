import { type Clock, systemClock } from './clock.ts';

/** The page's one loop: whatever draws by time asks it, so that a thousand ages cost one frame and not a thousand timers. */
export interface FrameLoop {
  /** Calls back about five times a second while the page is shown. Returns what ends it. */
  onTick(tick: () => void): () => void;
  /** Calls back once, in the next frame; asked again before that, it is still once. */
  soon(task: () => void): void;
}

const tickMs = 200;

export function createFrameLoop({ after, frame }: Pick<Clock, 'after' | 'frame'>): FrameLoop {
  const ticks = new Set<() => void>();
  const tasks = new Set<() => void>();
  let isDue = false;
  let isTicking = false;

  function draw(): void {
    isDue = false;
    const now = [...tasks];
    tasks.clear();
    for (const task of now) task();
  }

  function soon(task: () => void): void {
    tasks.add(task);
    if (isDue) return;
    isDue = true;
    frame(draw);
  }

  function tickAll(): void {
    for (const tick of ticks) tick();
    isTicking = ticks.size > 0;
    if (isTicking) after(tickMs, () => soon(tickAll));
  }

  return {
    soon,
    onTick(tick) {
      ticks.add(tick);
      if (!isTicking) {
        isTicking = true;
        after(tickMs, () => soon(tickAll));
      }
      return () => void ticks.delete(tick);
    },
  };
}

/** Of this page. */
export const frameLoop: FrameLoop = createFrameLoop(systemClock);
