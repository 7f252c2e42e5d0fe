import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { installPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agentVersion } from '../../apps/agent/src/version.ts';
import { createAgentFiles } from '../../apps/server/src/services/agent-files.ts';
import { mustRun, run } from '../../lab/shell.ts';
import { elfMachine } from './elf.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type Packaged, packageAgent } from './package-agent.ts';
import { nativeArchitecture, targets } from './targets.ts';

/* This machine's architecture only: the other one's runtime would have to be fetched, and script/package checks its result itself. */
const repository = resolve(import.meta.dirname, '../..');
const native = nativeArchitecture ?? 'x64';
const other = native === 'x64' ? 'arm64' : 'x64';

let folder: string;
let directory: string;
let first: Packaged;
let beside: Packaged;
const said: string[] = [];

const build = (wanted: readonly (typeof native)[] | 'needed' = [native]) =>
  packageAgent({
    repository,
    directory,
    cache: join(folder, 'cache'),
    wanted,
    gzipLevel: 0, // time: whether it is smaller is no question here
    say: (line) => said.push(line),
    nowMs: () => performance.now(),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serverctl-package-'));
  directory = join(folder, 'agent');
  [first, beside] = await Promise.all([build(), build()]);
});
afterAll(() => rm(folder, { recursive: true }));

it('lists exactly what is there: program, compressed copy, sizes and SHA-256', async () => {
  expect((await readdir(directory)).sort()).toEqual(['manifest.json', targets[native].file, targets[native].gzip]);
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest;
  expect(manifest).toEqual(first.manifest);
  expect(manifest).toMatchObject({ version: agentVersion, builtFrom: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(Object.keys(manifest.agents)).toEqual([native]);
  const agent = manifest.agents[native] ?? expect.fail('the agent is not listed');
  const program = await readFile(join(directory, agent.file));
  const compressed = await readFile(join(directory, agent.gzip));
  expect(createHash('sha256').update(program).digest('hex')).toBe(agent.sha256);
  expect([program.length, compressed.length]).toEqual([agent.bytes, agent.gzipBytes]);
  expect(gunzipSync(compressed).equals(program)).toBe(true);
  expect(elfMachine(program)).toBe(targets[native].elfMachine);
});

it('is what the control plane reads and hosts ask for, file by file', async () => {
  const files = createAgentFiles(directory);
  expect(await files.manifest()).toEqual(first.manifest);
  expect(installPaths.agent[native]).toBe(`/install/${first.manifest.agents[native]?.gzip}`);
  expect((await files.download(native)).sha256).toBe(first.manifest.agents[native]?.sha256);
});

it('makes a program that runs alone: no environment, an empty folder', async () => {
  const program = join(directory, targets[native].file);
  const options = { env: {}, cwd: await mkdtemp(join(folder, 'empty-')) };
  expect((await mustRun([program, '--version'], options)).trim()).toBe(agentVersion);
  const refused = await run([program, 'status', '--state-dir', join(folder, 'nobody')], options);
  expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('[not_enrolled]') });
});

it('builds once when two begin at once', () => {
  expect([...first.built, ...beside.built]).toEqual([native]);
  expect(beside.manifest).toEqual(first.manifest);
});

it('builds nothing again while nothing changed', async () => {
  const before = await stat(join(directory, targets[native].file));
  said.length = 0;
  for (const wanted of [[native], 'needed'] as const) {
    expect(await build(wanted)).toEqual({ manifest: first.manifest, built: [] });
  }
  expect(said).toEqual([]);
  expect((await stat(join(directory, targets[native].file))).ino).toBe(before.ino);
});

it('builds anew, to the same bytes, what is cut short, and removes what a killed run left and what no manifest lists', async () => {
  await truncate(join(directory, targets[native].gzip), 1_000);
  await writeFile(join(directory, '.building-left'), '');
  await writeFile(join(directory, targets[other].file), 'of another release');
  const again = await build('needed');
  expect(again.built).toEqual([native]);
  expect(again.manifest).toEqual(first.manifest);
  expect((await readdir(directory)).sort()).toEqual(['manifest.json', targets[native].file, targets[native].gzip]);
});

it('builds anew when the manifest names other sources, or is damaged', async () => {
  await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...first.manifest, builtFrom: 'other sources' }));
  expect((await build()).built).toEqual([native]);
  await writeFile(join(directory, 'manifest.json'), '{"version":');
  expect(await readManifest(directory)).toBeNull();
  expect((await build()).built).toEqual([native]);
  expect(await readManifest(directory)).toEqual(first.manifest);
});
