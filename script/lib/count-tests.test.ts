import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sct-count-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function count(report: object, { runStatus = '0', ci = 'false' } = {}) {
  writeFileSync(join(directory, 'unit.json'), JSON.stringify({ numFailedTests: 0, numPendingTests: 0, ...report }));
  const program = join(import.meta.dirname, 'count-tests.ts');
  const run = spawnSync(process.execPath, [program, runStatus, directory], {
    encoding: 'utf8',
    env: { ...process.env, CI: ci },
  });
  return { lines: run.stdout.trimEnd().split('\n'), status: run.status };
}

test('the closing line is exactly passed and failed, and skips are said on the line before', () => {
  expect(count({ numPassedTests: 7 })).toEqual({ lines: ['7 passed, 0 failed'], status: 0 });
  const { lines, status } = count({ numPassedTests: 7, numPendingTests: 2 });
  expect({ lines, status }).toEqual({ lines: ['2 skipped', '7 passed, 0 failed'], status: 0 });
});

test('in CI a skipped test counts as failed', () => {
  const { lines, status } = count({ numPassedTests: 7, numPendingTests: 2 }, { ci: 'true' });
  expect(lines.at(-1)).toBe('7 passed, 2 failed');
  expect(status).toBe(1);
});

test('a run that failed, or ran nothing, never closes as green', () => {
  const { lines, status } = count({ numPassedTests: 7 }, { runStatus: '1' });
  expect({ lines: [lines[0]?.slice(0, 33), lines.at(-1)], status }).toEqual({
    lines: ['failed: a run ended with an error', '7 passed, 1 failed'],
    status: 1,
  });
  expect(count({ numPassedTests: 0 })).toEqual({ lines: ['0 passed, 1 failed'], status: 1 });
});

test('what failed and is no test is named with why: a part of the run, an error outside of any test', () => {
  const part = { name: 'script/sim', status: 'failed', message: 'seed 24: I5 broken', assertionResults: [] };
  expect(count({ numPassedTests: 7, testResults: [part] }, { runStatus: '1' })).toEqual({
    lines: ['failed: script/sim: seed 24: I5 broken', '7 passed, 1 failed'],
    status: 1,
  });
});
