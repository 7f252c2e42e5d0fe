import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import {
  cpuMicrosOf,
  descendantsCpuMicros,
  openFilesLimit,
  parseProcessStat,
  residentMegabytes,
} from './process-usage.ts';

const burn = (micros: number) => {
  const until = process.cpuUsage().user + micros;
  while (process.cpuUsage().user < until);
};

it('reads a stat line whose program has spaces and parentheses in its name', () => {
  const line = '4711 (postgres: a (b) c) S 42 4711 4711 0 -1 4194560 1 0 0 0 12 3 4 5 20 0 1 0 100 0 0';
  expect(parseProcessStat(line)).toEqual({
    pid: 4711,
    parent: 42,
    cpuMicros: 150_000,
    endedChildrenCpuMicros: 90_000,
  });
});

it("counts a process's own time, within a tick of what the process knows itself", () => {
  const before = cpuMicrosOf(process.pid);
  const { user, system } = process.cpuUsage();
  burn(200_000);
  const own = process.cpuUsage({ user, system });
  expect(Math.abs(cpuMicrosOf(process.pid) - before - own.user - own.system)).toBeLessThanOrEqual(30_000);
});

it("counts children's time apart from it, also of those that ended", () => {
  const before = descendantsCpuMicros(process.pid);
  const script = 'const until = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < until);';
  expect(spawnSync(process.execPath, ['-e', script]).status).toBe(0);
  expect(descendantsCpuMicros(process.pid) - before).toBeGreaterThanOrEqual(280_000);
});

it('throws for a process that is gone', () => {
  const { pid } = spawnSync('true');
  expect(() => cpuMicrosOf(pid)).toThrow('ENOENT');
});

it('reads memory and the limit of open files', () => {
  expect(residentMegabytes(process.pid)).toBeGreaterThan(20);
  expect(openFilesLimit()).toBeGreaterThan(0);
});
