import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { mustRun } from '../../lab/shell.ts';
import { archiveName, type LockedPackage, type RuntimePlaces, readLocked, runtimeOf } from './runtimes.ts';
import { architectures, targets } from './targets.ts';

const repository = resolve(import.meta.dirname, '../..');
const neverSaid = (line: string) => expect.fail(`nothing should be fetched: ${line}`);

let places: RuntimePlaces;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serverctl-runtimes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  places = { repository: join(folder, 'checkout'), cache: join(folder, 'cache'), scratch: join(folder, 'scratch') };
  for (const place of Object.values(places)) await mkdir(place);
});

/** A package archive in the cache, as `npm pack` lays it out, and what a lock file would say of it. */
async function cached(program: string): Promise<{ locked: LockedPackage; archive: string }> {
  const source = join(places.scratch, 'source');
  await mkdir(join(source, 'package/bin'), { recursive: true });
  await writeFile(join(source, 'package/bin/bun'), program, { mode: 0o755 });
  await writeFile(join(source, 'package/package.json'), '{}');
  const unnamed = { name: '@oven/bun-linux-test', version: '9.9.9', integrity: '' };
  const archive = join(places.cache, archiveName(unnamed));
  await mustRun(['tar', '-czf', archive, '-C', source, 'package']);
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  return { locked: { ...unnamed, integrity: `sha512-${digest}` }, archive };
}

it('unpacks the one file of an archive that is the pinned one', async () => {
  const { locked } = await cached('a runtime');
  const program = await runtimeOf(locked, places, neverSaid);
  expect(await readFile(program, 'utf8')).toBe('a runtime');
  expect(existsSync(join(program, '../../package.json'))).toBe(false);
});

it('refuses and removes an archive with another SHA-512, also one changed after it was fetched', async () => {
  const { locked, archive } = await cached('a runtime');
  await runtimeOf(locked, places, neverSaid);
  const bytes = await readFile(archive);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(archive, bytes);
  await expect(runtimeOf(locked, places, neverSaid)).rejects.toThrow(
    /does not have the SHA-512 that package-lock\.json/,
  );
  expect(existsSync(archive)).toBe(false);
});

it('takes what npm installed only when its version is the pinned one', async () => {
  const { locked } = await cached('from the archive');
  const installed = join(places.repository, 'node_modules', locked.name);
  await mkdir(join(installed, 'bin'), { recursive: true });
  await writeFile(join(installed, 'bin/bun'), 'installed');
  await writeFile(join(installed, 'package.json'), JSON.stringify({ version: '9.9.8' }));
  expect(await readFile(await runtimeOf(locked, places, neverSaid), 'utf8')).toBe('from the archive');
  await writeFile(join(installed, 'package.json'), JSON.stringify({ version: '9.9.9' }));
  expect(await runtimeOf(locked, places, neverSaid)).toBe(join(installed, 'bin/bun'));
});

it('finds both runtimes pinned in package-lock.json, at one version', async () => {
  const locked = await Promise.all(architectures.map((name) => readLocked(repository, targets[name].runtimePackage)));
  expect(new Set(locked.map(({ version }) => version)).size).toBe(1);
  await expect(readLocked(repository, '@oven/no-such-runtime')).rejects.toThrow(/no version with a SHA-512/);
});
