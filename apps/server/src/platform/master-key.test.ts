import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMasterKey } from './master-key.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sct-key-'));
});
afterEach(() => rm(dataDir, { recursive: true }));
const fromDirectory = () => openMasterKey({ given: null, dataDir });

test('a new data directory gets a key of its own that only we may read, and keeps it', async () => {
  const key = await fromDirectory();
  expect(key).toHaveLength(32);
  expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o400);
  expect(await fromDirectory()).toEqual(key);
});

test('two processes that make the key at once end with the same one and leave nothing else behind', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, fromDirectory));
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
  expect(await readdir(dataDir)).toEqual(['master.key']);
});

test('a key file that others may read is refused', async () => {
  await fromDirectory();
  await chmod(join(dataDir, 'master.key'), 0o440);
  await expect(fromDirectory()).rejects.toMatchObject({ code: 'setting_invalid' });
});

test.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(33).toString('base64')])(
  'a key file that holds %j is refused, and the error does not repeat it',
  async (text) => {
    await writeFile(join(dataDir, 'master.key'), text, { mode: 0o400 });
    const error = await fromDirectory().catch((caught) => caught);
    expect(error).toMatchObject({ code: 'setting_invalid' });
    if (text) expect(JSON.stringify(error.details)).not.toContain(text);
  },
);

test('a given key is taken as it is, and none is made', async () => {
  const given = randomBytes(32);
  expect(await openMasterKey({ given, dataDir })).toBe(given);
  expect(await readdir(dataDir)).toEqual([]);
});
