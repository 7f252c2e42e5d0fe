import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStageDirectory } from './stage-directory.ts';

describe('the directory of a run', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'stage-directory-test-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is gone with everything in it after the run', async () => {
    const directory = await makeStageDirectory(parent);
    await writeFile(join(directory.path, 'tsig-secret'), 'secret');
    await directory.remove();
    expect(existsSync(directory.path)).toBe(false);
  });

  it('goes away with a process that exits without removing it', () => {
    const script = `import { makeStageDirectory } from './e2e/src/stage-directory.ts';
      console.log((await makeStageDirectory(process.argv[1])).path); process.exit(0);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, parent], { encoding: 'utf8' });
    expect(stdout).toContain(parent);
    expect(existsSync(stdout.trim())).toBe(false);
  });

  it('is removed by the next run when its owner was killed, never while the owner lives', async () => {
    const living = await makeStageDirectory(parent);
    const abandoned = join(parent, 'serverctl-stage-dead');
    const ownerless = join(parent, 'serverctl-stage-new');
    await Promise.all([abandoned, ownerless].map((path) => mkdir(path)));
    await writeFile(join(abandoned, 'owner'), `${process.pid} 1\n`); // our pid, another start time
    const next = await makeStageDirectory(parent);
    expect([abandoned, ownerless, living.path].map((path) => existsSync(path))).toEqual([false, true, true]);
    await Promise.all([living.remove(), next.remove()]);
  });
});
