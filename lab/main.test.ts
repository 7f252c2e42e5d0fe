import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const lab = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' });

test('list shows only the lab that --run names', () => {
  expect(lab('list', '--run', 'none').stdout).toBe('There is no lab none.\n');
  expect(JSON.parse(lab('list', '--json', '--run', 'none').stdout)).toEqual({ labs: [] });
});
