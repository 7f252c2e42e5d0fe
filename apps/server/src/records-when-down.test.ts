import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Client, createClient } from '@serverctl/contract';
import { startTestBind, type TestBind, whyNoBind } from '@serverctl/dns/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadConfig } from './config.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type Embedded, startEmbedded } from './db/embedded.ts';
import { silentLog } from './db/testing.ts';
import { trustingFetch } from './http/testing/trusting-fetch.ts';
import { systemClock as clock } from './platform/clock.ts';
import { createLogger } from './platform/logger.ts';

/** For a loaded machine. */
const patience = { interval: 50, timeout: 40_000 };
const zone = 'example.test';
const name = `lb.${zone}`;
const cli = join(import.meta.dirname, '../../cli/src/main.ts');

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a person on the host would; `uid` is somebody else. */
async function runs(argv: readonly string[], env: NodeJS.ProcessEnv, uid?: number): Promise<Finished> {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { env, ...(uid !== undefined && { uid, gid: uid }) });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => text(stream));
  child.stdin.end();
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const bound = probe.address();
  probe.close();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

describe.skipIf(whyNoBind() !== null)('the records of a control plane that is down', () => {
  let bind: TestBind;
  let directory: string;
  let url: string;
  let engine: Embedded;
  let plane: ControlPlane;
  let client: Client;
  const dataDir = () => join(directory, 'plane');

  const show = (...more: readonly string[]) =>
    runs([process.execPath, cli, 'dns', 'show', 'edge', ...more], {
      PATH: process.env['PATH'],
      HOME: directory,
      SERVERCTL_DATA_DIR: dataDir(),
      SERVERCTL_URL: url,
    });

  beforeAll(async () => {
    bind = await startTestBind({ zone });
    directory = await mkdtemp('/tmp/sct-down-');
    await chmod(directory, 0o755); // an unprivileged engine must be able to pass through
    engine = await startEmbedded({ dataDir: join(directory, 'db'), clock, log: silentLog });
    const { user, database, host } = engine.connection;
    const port = await freePort();
    url = `https://127.0.0.1:${port}`;
    const { config } = loadConfig(['--data-dir', dataDir(), '--listen', `127.0.0.1:${port}`, '--lease-divisor', '4'], {
      DATABASE_URL: `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}`,
      SERVERCTL_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
      SERVERCTL_ALLOW_PRIVATE_TARGETS: `127.0.0.1:${bind.port}`,
      SERVERCTL_DNS_START_POINTS: `127.0.0.1:${bind.port}`,
    });
    const log = createLogger('error', { write: () => {} });
    plane = await startControlPlane(config, log, { newAdminToken: false, terminal: false });
    const ca = await readFile(join(dataDir(), 'tls', 'ca.pem'), 'utf8');
    client = createClient({ baseUrl: url, token: plane.adminToken?.token ?? '', fetch: trustingFetch(ca) });
    await publish();
  });
  afterAll(async () => {
    await plane.stop();
    await engine.stop();
    await bind.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function publish(): Promise<void> {
    await client.pools.add({ name: 'edge' });
    for (const number of [1, 2]) {
      const address = `198.51.100.1${number}`;
      await client.members.add('edge', {
        hostname: `lb${number}.${zone}`,
        allowedEgress: [address],
        publicIpv4: address,
      });
    }
    const { name: keyName, algorithm, secret } = bind.keys.sha256;
    const settings = { provider: 'rfc2136', host: '127.0.0.1', port: bind.port, keyName, algorithm, secret } as const;
    const { credential } = await client.credentials.add({ name: 'bind', settings });
    await client.bindings.add('edge', { name, zone, credentialId: credential.id });
    await client.firstPublish.confirm('edge', { memberId: `lb1.${zone}`, confirmNotReady: true });
    await vi.waitFor(async () => expect(await bind.dig(name, 'A')).toEqual(['198.51.100.11']), patience);
    await vi.waitFor(async () => {
      const { stdout } = await show('--manual', '--json');
      expect(
        JSON.parse(stdout || '{}').manual?.steps.flatMap((step: { commands: string[] }) => step.commands),
      ).toContain(`prereq yxrrset _serverctl.${name}. TXT ${(await bind.dig(`_serverctl.${name}`, 'TXT'))[0]}`);
    }, patience);
  }

  test('first its database stops, then the control plane: what is shown is enough to move the record', async () => {
    expect(await show()).toMatchObject({ status: 0 });
    await engine.stop();
    const without = await show();
    expect(without).toMatchObject({ status: 9, stderr: '' });
    expect(without.stdout.split('\n')[0]).toContain('answers, but its database does not');
    await plane.stop();
    const { status, stdout } = await show('--json');
    expect(status).toBe(9);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({ from: 'snapshot', because: { code: 'control_plane_unreachable' } });
    expect(shown.pool.names[0]).toMatchObject({ acknowledged: { address: '198.51.100.11', epoch: 1 } });
    expect(stdout).not.toContain(bind.keys.sha256.secret);
    const mark = await bind.dig(`_serverctl.${name}`, 'TXT');
    const steps: { commands: string[] }[] = shown.pool.names[0].manualSteps;
    const script = steps.map(({ commands }) => commands).find((lines) => lines.some((line) => line.endsWith('.12')));
    const inside = script?.filter((line) => /^(prereq|update) /.test(line)) ?? [];
    expect(script).toContain(`server 127.0.0.1 ${bind.port}`);
    expect(await bind.nsupdate(inside)).toMatchObject({ status: 0 });
    expect(await bind.dig(name, 'A')).toEqual(['198.51.100.12']);
    expect(await bind.dig(`_serverctl.${name}`, 'TXT')).toEqual(mark);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'somebody else on the host cannot read the copy, and is told whose it is',
    async () => {
      await plane.stop();
      const token = join(directory, 'token');
      await runs(['sh', '-c', `echo sct_x > ${token} && chmod 644 ${token}`], { PATH: process.env['PATH'] });
      const env = {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        SERVERCTL_DATA_DIR: dataDir(),
        SERVERCTL_URL: url,
        SERVERCTL_TOKEN_FILE: token,
      };
      const { status, stdout, stderr } = await runs([process.execPath, cli, 'dns', 'show', 'edge'], env, 65_534);
      expect([status, stdout]).toEqual([6, '']);
      expect(stderr).toContain('it belongs to root: put sudo before the command');
    },
  );
});
