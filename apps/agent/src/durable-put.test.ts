import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { putCopy, putText } from './durable-put.ts';

async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'sct-put-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'from'), 'new', { mode: 0o640 });
  return directory;
}
const putFrom = (directory: string) => ({
  text: (to: string, mode: number) => putText('new', to, mode),
  copy: (to: string, mode: number) => putCopy(join(directory, 'from'), to, mode),
});

describe.each(['text', 'copy'] as const)('a %s that is put in place', (kind) => {
  it.each([0o600, 0o644, 0o755])('has its mode, %o, and nothing is left beside it', async (mode) => {
    const directory = await folder();
    const to = join(directory, 'file');
    await writeFile(to, 'old', { mode: 0o666 });
    await putFrom(directory)[kind](to, mode);
    expect(await readFile(to, 'utf8')).toBe('new');
    expect((await stat(to)).mode & 0o777).toBe(mode);
    expect(await readdir(directory)).toEqual(['file', 'from']);
  });

  it('that cannot be, leaves what was there and nothing beside it', async () => {
    const directory = await folder();
    const to = join(directory, 'file');
    await mkdir(join(to, 'in-the-way'), { recursive: true });
    await expect(putFrom(directory)[kind](to, 0o600)).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['file', 'from']);
  });

  it('makes no directory: an agent that still runs must not bring back what was uninstalled', async () => {
    const directory = await folder();
    await expect(putFrom(directory)[kind](join(directory, 'gone', 'file'), 0o600)).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['from']);
  });
});
