import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findOpenInvitation } from '../../db/repositories/invitations.ts';
import { insertUser } from '../../db/repositories/users.ts';
import { type TestDatabase, testDatabase } from '../../db/testing.ts';
import { systemRandom as random } from '../../platform/random.ts';
import { sha256Of } from './secret.ts';
import { ensureSetupLink, setupLinkFile } from './setup-link.ts';

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.kysely.deleteFrom('user').execute();
  await database.kysely.deleteFrom('invitation').execute();
  dataDir = await mkdtemp(join(tmpdir(), 'sct-setup-'));
  return () => rm(dataDir, { recursive: true });
});

const publicUrl = 'https://control.example.com';
const start = (terminal: boolean, directory = dataDir) =>
  ensureSetupLink({ db: database.kysely, random, publicUrl, dataDir: directory, terminal });
const opens = (link = '') =>
  findOpenInvitation(database.kysely, sha256Of(link.trim().split('#')[1] ?? '')).then(
    ({ kind }) => kind,
    ({ code }: { readonly code: string }) => code,
  );

test('R44: without a terminal the first link is in a file that only its owner reads', async () => {
  const path = join(dataDir, setupLinkFile);
  await writeFile(`${path}.new`, 'left by a start that was killed', { mode: 0o644 });
  const made = await start(false);
  expect(made).toEqual({ link: expect.stringMatching(/^https:\/\/control\.example\.com\/join#scl_[\w-]{43}$/), path });
  expect(await readFile(path, 'utf8')).toBe(`${made?.link}\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(dataDir)).toEqual([setupLinkFile]);
  expect(await opens(made?.link)).toBe('setup');
});

test('R44: a terminal is shown the link, and no file has it', async () => {
  await start(false);
  const made = await start(true);
  expect(made).toMatchObject({ path: null });
  expect(await readdir(dataDir)).toEqual([]);
  expect(await opens(made?.link)).toBe('setup');
});

test('each start makes a new link while nobody has an account, and the one before is void', async () => {
  const first = await start(false);
  const second = await start(false);
  expect(await opens(first?.link)).toBe('link_invalid');
  expect(await opens(second?.link)).toBe('setup');
});

test('of processes that start at once, one link is good', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => start(true)));
  const outcomes = await Promise.all(made.map((one) => opens(one?.link)));
  expect(outcomes.filter((outcome) => outcome === 'setup')).toHaveLength(1);
});

test('once somebody has an account no start makes a link, and the file of an earlier one goes', async () => {
  await start(false);
  await database.kysely
    .transaction()
    .execute((trx) => insertUser(trx, { id: 'u', email: 'ann@example.com', name: 'Ann' }));
  expect(await start(false)).toBeNull();
  expect(await start(true)).toBeNull();
  expect(await readdir(dataDir)).toEqual([]);
});

test('a file that cannot be written leaves no link that nobody knows', async () => {
  await expect(start(false, join(dataDir, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await database.kysely.selectFrom('invitation').select('id').execute()).toEqual([]);
});
