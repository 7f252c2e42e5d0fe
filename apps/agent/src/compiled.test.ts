import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileOptions } from '../../../script/package-agent/bundle.ts';
import { nativeArchitecture, targets } from '../../../script/package-agent/targets.ts';
import { createAgentHost } from './testing/agent-host.ts';
import { createTestAuthority, type LeafWishes } from './testing/certificates.ts';

/** The agent as hosts get it: one file, with another runtime than the one that all other tests use. */
const repository = new URL('../../..', import.meta.url).pathname;
const target = targets[nativeArchitecture ?? 'x64'];
let directory: string;
let agent: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-compiled-'));
  agent = join(directory, 'serverctl-agent');
  const bun = join(repository, 'node_modules', target.runtimePackage, 'bin/bun');
  const runtime = [`--target=${target.bunTarget}`, `--compile-executable-path=${bun}`, `--outfile=${agent}`];
  await promisify(execFile)(bun, ['build', ...compileOptions, ...runtime, 'apps/agent/src/main.ts'], {
    cwd: repository,
  });
});
afterAll(() => rm(directory, { recursive: true }));

/** A control plane with a certificate of a private CA, and that CA's file on the host. */
async function host(leaf: LeafWishes = {}) {
  const authority = createTestAuthority();
  const created = await createAgentHost([agent], authority.issue(leaf));
  const caFile = join(created.directory, 'ca.pem');
  await writeFile(caFile, authority.ca);
  const { plane } = created;
  plane.reply = { ...plane.reply, units: ['haproxy.service'], intervalMs: 200 };
  return { ...created, authority, caFile, trusting: ['--ca-file', caFile] };
}

describe('the compiled agent', () => {
  it('has help and a version, and says usage errors with exit code 2', async () => {
    const { start } = await host();
    expect(await start(['--help']).ended).toMatchObject({ code: 0, text: expect.stringContaining('enrol --url URL') });
    expect(await start(['--version']).ended).toEqual({ code: 0, text: '0.1.0\n' });
    for (const args of [[], ['fly'], ['run', '--what'], ['enrol', '--url']]) {
      expect(await start(args).ended).toMatchObject({ code: 2, text: expect.stringContaining('[usage]') });
    }
    const refused = await start(['enrol', '--url', 'http://10.0.0.1']).ended;
    expect(refused).toMatchObject({ code: 2, text: expect.stringContaining('plain http') });
  });

  it('says with exit codes 1 and 3 what is wrong with its state directory', async () => {
    const { start, startHere } = await host();
    expect(await startHere(['run']).ended).toMatchObject({ code: 3, text: expect.stringContaining('not_enrolled') });
    const unusable = await start(['status', '--state-dir', '/dev/null/state']).ended;
    expect(unusable).toMatchObject({ code: 1, text: expect.stringContaining('cannot be used') });
  });

  it('is heard over one TLS connection for many beats, tells a change, and ends at SIGTERM', async () => {
    const { plane, stateFile, enrol, trusting, run } = await host();
    expect(await enrol(trusting)).toMatchObject({ code: 0, text: expect.stringContaining('member m-1 of pool edge') });
    const { child, ended, shown } = run({ BUN_JSC_useJIT: '0' });
    await plane.untilBeats(3); // the second is the urgent one, which may need a connection beside the first
    const before = plane.connectionCount;
    await plane.untilBeats(15);
    expect(plane.connectionCount).toBe(before);
    expect(before).toBeLessThanOrEqual(3);
    await writeFile(stateFile, '{"units":{"haproxy.service":{"activeState":"failed"}}}');
    await plane.until(() => plane.beats.some(({ units }) => units[0]?.activeState === 'failed'));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
    expect(shown()).toContain('stopped');
    expect(plane.problems).toEqual([]);
  });

  it('goes on after an answer that never comes', async () => {
    const { plane, enrol, trusting, run } = await host();
    await enrol(trusting);
    plane.once(agentPaths.heartbeat, 'hang');
    const { shown } = run();
    await plane.untilBeats(2);
    // The beats beside the first one do not wait for it; its time is over when 2 s are.
    await vi.waitFor(() => expect(shown()).toContain('timeout: no reply within 2000 ms'), { timeout: 20_000 });
  });

  it('takes the secret from a terminal without showing it', async () => {
    const { plane, spawned, enrolArgs, stateDir, trusting } = await host();
    const typedAt = [agent, ...enrolArgs, ...trusting, ...stateDir].join(' ');
    const { child, ended, shown } = spawned(['script', '-qefc', typedAt, '/dev/null'], {});
    child.stdout.on('data', () => {
      if (shown().endsWith('(it is not shown): ')) child.stdin.write(`x${plane.secret}y\u007f\u0015${plane.secret}\r`);
    });
    const { code, text } = await ended;
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining('Enrolled: m1.lab.test') });
    expect(text).not.toContain('xxx');
  });
});

it.each(['SIGINT', 'SIGHUP'] as const)(
  'the compiled agent leaves nothing when %s ends its enrolment',
  async (signal) => {
    const { plane, directory: here, startHere, enrolArgs, trusting } = await host();
    plane.always(agentPaths.enrol, 'hang');
    const { child, ended } = startHere([...enrolArgs, ...trusting], { input: `${plane.secret}\n` });
    await plane.until(() => plane.requestCount > 0);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 1, text: expect.stringContaining('[given_up]') });
    expect((await readdir(here)).sort()).toEqual(['ca.pem', 'units.json']);
  },
);

describe('the compiled agent and certificates (R37)', () => {
  it.each([
    ['with a name of another host', { names: ['other.example.com'] }, 'not for 127.0.0.1. Use an address that'],
    ['that has expired', { until: '2021-01-01T00:00:00' }, 'has expired. Check the clocks'],
    ['that is not valid yet', { from: '2110-01-01T00:00:00' }, 'is not valid yet. Check the clocks'],
  ])('refuses one %s, says what to do, and leaves nothing', async (_what, leaf, words) => {
    const { plane, directory: here, enrol, trusting } = await host(leaf);
    expect(await enrol(trusting)).toMatchObject({ code: 6, text: expect.stringContaining(words) });
    expect(plane.requestCount).toBe(0);
    expect((await readdir(here)).sort()).toEqual(['ca.pem', 'units.json']);
  });

  it('refuses one of another CA, also where the environment would allow it', async () => {
    const { plane, directory: here, caFile, enrol } = await host();
    const other = join(here, 'other.pem');
    await writeFile(other, createTestAuthority().ca);
    const lax = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile };
    for (const env of [{}, lax]) {
      const refused = await enrol(['--ca-file', other], env);
      expect(refused).toMatchObject({
        code: 6,
        text: expect.stringContaining('not from the expected CA. Only the CA'),
      });
      const unknown = await enrol([], env);
      expect(unknown).toMatchObject({
        code: 6,
        text: expect.stringContaining('Name the CA certificate with --ca-file'),
      });
    }
    expect(plane.requestCount).toBe(0);
  });

  it('goes on trusting the CA of its enrolment alone, and says so when it runs', async () => {
    const { plane, enrol, trusting, run, stateDir } = await host();
    await enrol(trusting);
    const state = stateDir[1] ?? '';
    const kept = (await readdir(state)).find((name) => name.startsWith('ca-')) ?? '';
    await chmod(join(state, kept), 0o600);
    await writeFile(join(state, kept), createTestAuthority().ca);
    const { child, ended, shown } = run();
    while (!shown().includes('is not trusted')) await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(plane.beats).toEqual([]);
  });
});

describe('the compiled agent and what lies about', () => {
  it('reads no .env, bunfig.toml or package.json where it is started', async () => {
    const { directory: here, enrol, trusting, start } = await host();
    const foreign = `require('node:fs').writeFileSync(${JSON.stringify(join(here, 'ran'))}, '')`;
    await writeFile(join(here, 'foreign.js'), foreign);
    await writeFile(join(here, 'bunfig.toml'), 'preload = ["./foreign.js"]');
    await writeFile(
      join(here, '.env'),
      `SERVERCTL_AGENT_STATE_DIR=${here}/elsewhere\nBUN_OPTIONS=--preload=./foreign.js`,
    );
    await writeFile(join(here, 'package.json'), '{"type":"commonjs","imports":{"#x":"./foreign.js"}}');
    await writeFile(join(here, 'tsconfig.json'), '{"compilerOptions":{"paths":{"*":["./foreign.js"]}}}');
    expect((await enrol(trusting)).code).toBe(0);
    expect(await start(['status']).ended).toMatchObject({ text: expect.stringContaining('/var/lib/serverctl-agent') });
    expect(await readdir(here)).not.toContain('ran');
  });

  it.each(['BUN_OPTIONS', 'BUN_INSPECT_PRELOAD', 'BUN_CONFIG_VERBOSE_FETCH'])(
    'refuses to go on when %s would change the program',
    async (name) => {
      const { enrol, trusting, plane } = await host();
      const refused = await enrol(trusting, { [name]: '--smol' });
      expect(refused).toMatchObject({ code: 2, text: expect.stringContaining(`env -u ${name}`) });
      expect(plane.requestCount).toBe(0);
    },
  );
});
