import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { paths } from './paths.ts';

it('tells a wrong flag of the demo in words, with the usage and status 2', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(paths.root, 'e2e/demo/main.ts'), '--bogus'], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toContain("Unknown option '--bogus'");
  expect(stderr).toContain('script/demo [--once]');
  expect(stderr).not.toMatch(/^ {4}at /m);
});

it('leaves nothing behind when it is interrupted', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
  await chmod(temporary, 0o755); // the database runs unprivileged
  const demo = spawn(process.execPath, [join(paths.root, 'e2e/demo/main.ts'), '--local', '--once'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of demo.stdout) {
    said += String(chunk);
    if (said.includes('listens on') && !said.includes('Interrupted')) demo.kill('SIGINT');
  }
  expect(said).toContain('Interrupted: taking everything down …');
  expect(said).not.toContain('failed');
  await expect.poll(() => demo.exitCode).toBe(130);
  expect(await readdir(temporary)).toEqual([]);
  await rm(temporary, { recursive: true });
});
