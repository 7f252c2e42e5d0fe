import { spawnSync } from 'node:child_process';
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
