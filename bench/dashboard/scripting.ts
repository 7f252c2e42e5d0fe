import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../src/monotonic.ts';
import type { MeasuredPlane } from '../src/plane.ts';
import { cpuMicrosOf, descendantsCpuMicros } from '../src/process-usage.ts';
import type { Page } from './page.ts';

/** What a page that is only looked at costs, each in milliseconds per second. */
export interface Cost {
  /** The browser's own count of what scripts took (Performance.getMetrics). */
  readonly scripting: number;
  readonly styleAndLayout: number;
  /** All tasks of the page's thread, scripts and drawing among them. */
  readonly tasks: number;
  /** CPU of the control plane, and of its database. */
  readonly server: number;
  readonly database: number;
}

/** With a file to write it to, V8's own account of where the time went comes with it; it costs time itself. */
export async function measureCost(
  page: Page,
  plane: MeasuredPlane,
  seconds: number,
  profile: string | null = null,
): Promise<Cost> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Performance.enable');
  if (profile !== null) {
    await browser.send('Profiler.enable');
    await browser.send('Profiler.start');
  }
  const read = async () => {
    const { metrics } = await browser.send('Performance.getMetrics');
    const named = (name: string) => {
      const value = metrics.find((one) => one.name === name)?.value;
      if (value === undefined) throw new Error(`The browser reports no ${name}.`);
      return value * 1_000;
    };
    return {
      atMs: monotonicMs(),
      scripting: named('ScriptDuration'),
      styleAndLayout: named('RecalcStyleDuration') + named('LayoutDuration'),
      tasks: named('TaskDuration'),
      server: cpuMicrosOf(plane.child.pid) / 1_000,
      database: descendantsCpuMicros(plane.child.pid) / 1_000,
    };
  };
  const before = await read();
  await sleep(seconds * 1_000);
  const after = await read();
  if (profile !== null) {
    const recorded = await browser.send('Profiler.stop');
    await writeFile(profile, JSON.stringify(recorded.profile));
  }
  await browser.detach();
  const lastedSeconds = (after.atMs - before.atMs) / 1_000;
  const per = (name: keyof Cost) => (after[name] - before[name]) / lastedSeconds;
  return {
    scripting: per('scripting'),
    styleAndLayout: per('styleAndLayout'),
    tasks: per('tasks'),
    server: per('server'),
    database: per('database'),
  };
}
