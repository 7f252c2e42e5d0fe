import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const server = (...args: readonly string[]) =>
  spawnSync(join(import.meta.dirname, '../server'), args, { encoding: 'utf8', timeout: 30_000 });

it('names the data directory that the flag chose, and ends at once where none can be made', () => {
  for (const flags of [['--data-dir', '/proc/foo'], ['--data-dir=/proc/foo']]) {
    const { status, stderr } = server('--listen', '127.0.0.1:0', ...flags);
    expect(stderr).toContain('Data in /proc/foo;');
    expect(stderr).toContain('it cannot be made or entered (ENOENT)');
    expect(status).toBe(6);
  }
});

it('tells a setting that is not valid in words, with the status of wrong input', () => {
  const { status, stderr } = server('--listen', 'nowhere');
  expect(stderr).toContain('SERVERCTL_LISTEN (from flag --listen): must be address:port');
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(2);
});
