import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parts } from './template/not-written.ts';
import { copyTemplate, folderFor, Refusal, tidy, writeProvider } from './write-provider.ts';

const root = join(import.meta.dirname, '../../..');
const name = 'example9';
const folder = `packages/dns/src/${name}`;
const run = promisify(execFile);
let copy: string;

/** A copy of what a provider needs of the project, so that nothing here is ever in the project itself. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'sct-new-provider-'));
  for (const part of ['core', 'dns']) {
    await cp(join(root, 'packages', part), join(copy, 'packages', part), { recursive: true });
  }
  await mkdir(join(copy, 'script/lint'), { recursive: true });
  const kept = ['.dependency-cruiser.cjs', '.gitignore', 'biome.json', 'package.json', 'tsconfig.json'];
  for (const file of [...kept, 'script/lint/no-clock-no-chance.grit']) await cp(join(root, file), join(copy, file));
  await mkdir(join(copy, 'node_modules/@serverctl'), { recursive: true });
  for (const entry of await readdir(join(root, 'node_modules'))) {
    if (entry !== '@serverctl') await symlink(join(root, 'node_modules', entry), join(copy, 'node_modules', entry));
  }
  await symlink('../../packages/core', join(copy, 'node_modules/@serverctl/core'));
  const own = { extends: './tsconfig.json', include: [folder], exclude: [] };
  await writeFile(join(copy, 'tsconfig.own.json'), JSON.stringify(own));
  // Not the project's own configuration: that one prepares a lab.
  await writeFile(join(copy, 'vitest.config.ts'), 'export default {};\n');
});
afterAll(() => rm(copy, { recursive: true }));

const tool = (...argv: readonly string[]) =>
  run(join(root, 'node_modules/.bin', argv[0] ?? ''), argv.slice(1), { cwd: copy }).then(
    ({ stdout, stderr }) => ({ isGood: true, said: stdout + stderr }),
    ({ stdout, stderr }) => ({ isGood: false, said: String(stdout) + String(stderr) }),
  );
const good = { isGood: true, said: expect.anything() };

async function checks(): Promise<void> {
  const [format, types] = await Promise.all([
    tool('biome', 'check', '--error-on-warnings', folder),
    tool('tsc', '-p', 'tsconfig.own.json'),
  ]);
  expect([format, types]).toEqual([good, good]);
}

interface Outcome {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

async function suite(): Promise<readonly Outcome[]> {
  const report = join(copy, 'report.json');
  await tool('vitest', 'run', folder, '--reporter=json', `--outputFile=${report}`);
  const { testResults } = JSON.parse(await readFile(report, 'utf8'));
  return testResults.flatMap((file: { assertionResults: readonly Outcome[] }) => file.assertionResults);
}

test('a new provider passes the checks, and its tests fail, each by the name of what is not written yet', async () => {
  expect(await writeProvider(copy, name)).toContain(`${folder}/${name}.test.ts`);
  await checks();
  const direction = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
  expect(await tool('depcruise', folder, ...direction)).toEqual(good);
  const outcomes = await suite();
  const failed = outcomes.filter(({ status }) => status === 'failed');
  const names = /NotWritten: 2\.\d the |NotWritten: 2\.\d refusals|Not written yet, 2\.9/;
  const unnamed = failed.filter(({ failureMessages: [words = ''] }) => !names.test(words));
  expect(unnamed).toEqual([]);
  expect(failed.length).toBeGreaterThan(80);
  const passed = outcomes.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName);
  expect(passed).toEqual([
    `DnsProvider: ${name} A and AAAA of one name stand under one mark, and the provider says so`,
    `DnsProvider: ${name} refuses a name outside the zone`,
  ]);
  expect(failed.length + passed.length).toBe(outcomes.length);
});

test('it is accepted by its tests and the contract suite as soon as each part is written', async () => {
  const here = join(copy, folder);
  await copyTemplate(join(import.meta.dirname, 'filled'), here, name);
  const page = join(here, 'README.md');
  await writeFile(page, (await readFile(page, 'utf8')).replaceAll('Not written yet', 'Written'));
  await rm(join(here, 'not-written.ts')); // with its last use
  await tidy(copy, here);
  await checks();
  const outcomes = await suite();
  expect(outcomes.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(80);
});

test('each part that is to be written throws in the file that it is said to be in', async () => {
  for (const [part, { file }] of Object.entries(parts)) {
    const text = await readFile(join(import.meta.dirname, 'template', file), 'utf8');
    expect(text).toContain(part === 'the page' ? 'Not written yet' : `new NotWritten('${part}'`);
  }
});

test.each([
  ['Route53', 'is no name for a provider'],
  ['../route53', 'is no name for a provider'],
  ['r', 'is no name for a provider'],
  ['a'.repeat(25), 'is no name for a provider'],
  ['rfc2136', 'is a kind of provider already'],
  ['memory', 'packages/dns/src/memory is there already'],
  ['wire', 'packages/dns/src/wire is there already'],
])('%s is refused in words', (wrong, words) => {
  const refused = () => folderFor(root, wrong);
  expect(refused).toThrow(Refusal);
  expect(refused).toThrow(words);
});

test('nothing is left where it was refused, or where writing failed half way', async () => {
  const before = await readdir(join(copy, 'packages/dns'));
  await expect(writeProvider(copy, 'memory')).rejects.toThrow('is there already');
  await rm(join(copy, 'biome.json')); // so that what was written cannot be formatted
  await writeFile(join(copy, 'biome.json'), '{');
  await expect(writeProvider(copy, 'half')).rejects.toThrow();
  expect(await readdir(join(copy, 'packages/dns'))).toEqual(before);
  expect(await readdir(join(copy, 'packages/dns/src'))).not.toContain('half');
});
