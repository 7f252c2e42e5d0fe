import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** How busy this machine was, so that a noisy run is recognised. */
export interface Load {
  /** Share of processor time that was used, 0 to 1. */
  readonly busy: number;
  /** Share of time in which something runnable waited for a processor (PSI `some`); null where the kernel does not count it. */
  readonly waiting: number | null;
  readonly average: string;
  readonly processors: number;
}

/** Counts from now on; the function it returns tells the load since. */
export function watchLoad(): () => Load {
  const before = readCounters();
  return () => {
    const now = readCounters();
    const spentMs = now.at - before.at;
    const waitedMs = now.waitedMs === null || before.waitedMs === null ? null : now.waitedMs - before.waitedMs;
    return {
      busy: (now.used - before.used) / Math.max(1, now.total - before.total),
      waiting: waitedMs === null ? null : waitedMs / spentMs,
      average: readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' '),
      processors: availableParallelism(),
    };
  };
}

function readCounters() {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const used = user + nice + system + irq + softIrq + steal;
  return { at: performance.now(), used, total: used + idle + ioWait, waitedMs: readPressure() };
}

function readPressure(): number | null {
  try {
    const [, total] = /^some .*total=(\d+)$/m.exec(readFileSync('/proc/pressure/cpu', 'utf8')) ?? [];
    return total === undefined ? null : Number(total) / 1_000;
  } catch {
    return null; // not in this kernel
  }
}

export function describeLoad({ busy, waiting, average, processors }: Load): string {
  const pressure = waiting === null ? '' : `, something waited for a processor ${percent(waiting)} of the time`;
  return `${processors} processors ${percent(busy)} busy${pressure}, load average ${average}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
