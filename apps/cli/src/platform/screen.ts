import { setTimeout as sleep } from 'node:timers/promises';
import { fitted } from '../output/width.ts';

/** A picture of one moment; `stop` is called by the screen, not by the frame. */
export type Frame = (nowMs: number) => Promise<string>;

const refreshMs = 1_000;
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearBelow = '\u001b[J';
const clearToEnd = '\u001b[K';

/** Draws a frame every second on the terminal's alternate screen until q or Ctrl+C, then gives the terminal back as it was. */
export async function showFrames(frame: Frame): Promise<void> {
  const leaving = new AbortController();
  const stop = () => leaving.abort();
  const onKey = (key: Buffer) => {
    if (key.includes('q') || key.includes(3)) stop();
  };
  process.stdout.write(enter);
  if (process.stdin.isTTY) process.stdin.setRawMode(true).on('data', onKey);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    while (!leaving.signal.aborted) {
      draw(await frame(performance.now()));
      await sleep(refreshMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  } finally {
    process.stdout.write(leave);
    if (process.stdin.isTTY) process.stdin.setRawMode(false).pause().off('data', onKey);
  }
}

/** Overwrites line by line, so that nothing flickers. A row is cleared before it is drawn: behind a full row the last column would go. */
function draw(text: string): void {
  const rows = fitted(text, { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 });
  process.stdout.write(`${home}${rows.map((row) => clearToEnd + row).join('\n')}\n${clearBelow}`);
}
