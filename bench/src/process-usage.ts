import { readdirSync, readFileSync } from 'node:fs';

/*
 * What the kernel says a process used: proc(5), /proc/<pid>/stat. CPU time is counted in ticks of 10 ms (USER_HZ, 100 on every
 * architecture that Linux calls x86-64 or arm64), so a figure per event needs seconds of load to be exact.
 */
const tickMicros = 10_000;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process alone, in microseconds. */
  readonly cpuMicros: number;
  /** Of its children that have ended and were waited for. */
  readonly endedChildrenCpuMicros: number;
}

/** Reads the text of a /proc/<pid>/stat. The program's name stands in parentheses and may itself hold some, and spaces. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]); // numbered as in proc(5), where the name is the second
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    cpuMicros: (field(14) + field(15)) * tickMicros,
    endedChildrenCpuMicros: (field(16) + field(17)) * tickMicros,
  };
}

const readStat = (pid: number): ProcessStat => parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** CPU time of one process alone, its children apart. Throws when it is gone: a benchmark must not go on without it. */
export const cpuMicrosOf = (pid: number): number => readStat(pid).cpuMicros;

/** CPU time of all descendants of a process, those that ended included as soon as their parent waited for them. */
export function descendantsCpuMicros(pid: number): number {
  const all = everyStat();
  const childrenOf = (parent: number): ProcessStat[] =>
    all.filter((one) => one.parent === parent).flatMap((child) => [child, ...childrenOf(child.pid)]);
  const living = childrenOf(pid).reduce((sum, one) => sum + one.cpuMicros + one.endedChildrenCpuMicros, 0);
  return living + readStat(pid).endedChildrenCpuMicros;
}

function everyStat(): readonly ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readStat(Number(pid))];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}

/** How many files a process that we start may have open at once: Node raises its soft limit to the hard one by itself. */
export function openFilesLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Throws where this process may not have so many connections at once, and the files that it has open besides. */
export function requireOpenFiles(connections: number): void {
  const needed = connections + 200;
  const limit = openFilesLimit();
  if (limit >= needed) return;
  throw new Error(
    `${connections} connections need ${needed} open files, and ${limit} are allowed: ulimit -Hn ${needed}, as root.`,
  );
}
