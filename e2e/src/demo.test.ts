import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startDnsWriter } from '../demo/dns-writer.ts';
import { addPool, hostname, untilPool } from './edge.ts';
import { localStage } from './local-stage.ts';
import { paths } from './paths.ts';
import { startPlane } from './plane.ts';

it('tells a wrong flag of the demo in words, with the usage and status 2', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(paths.root, 'e2e/demo/main.ts'), '--bogus'], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toContain("Unknown option '--bogus'");
  expect(stderr).toContain('script/demo [--once]');
  expect(stderr).not.toMatch(/^ {4}at /m);
});

it.each([
  [['--help'], 0, 'stdout', 'script/demo [--once]'],
  [['--json', '-h'], 0, 'stdout', 'script/demo [--once]'],
  [['--bogus'], 2, 'stderr', "Unknown option '--bogus'."],
  [['--dns', 'bind'], 2, 'stderr', "--dns is one of rfc2136, cloudflare, whm, not 'bind'."],
  [['--dns'], 2, 'stderr', '--dns is one of rfc2136, cloudflare, whm'],
] as const)(
  'answers script/demo %j without Node, and so before anything is installed',
  async (flags, status, stream, words) => {
    const bin = await mkdtemp(join(tmpdir(), 'demo-bin-'));
    for (const name of ['bash', 'cat', 'dirname', 'id']) await symlink(`/usr/bin/${name}`, join(bin, name));
    const ended = spawnSync('/bin/bash', [join(paths.root, 'script/demo'), ...flags], {
      encoding: 'utf8',
      env: { PATH: bin },
    });
    await rm(bin, { recursive: true });
    expect(ended.status).toBe(status);
    expect(ended[stream]).toContain(words);
  },
);

it('refuses a provider that it does not have, where the script is not in between', () => {
  const main = join(paths.root, 'e2e/demo/main.ts');
  const { status, stderr } = spawnSync(process.execPath, [main, '--dns=bind'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain("--dns is one of rfc2136, cloudflare, whm, not 'bind'.");
});

it.each(['cloudflare', 'whm'] as const)(
  'writes by an emulated %s what the real name server answers, and calls it emulated',
  async (kind) => {
    const stage = await localStage(1, () => undefined);
    onTestFinished(() => stage.down());
    const writer = await startDnsWriter(kind, stage);
    const targets = [`${stage.dns.address}:${stage.dns.port}`, writer.apiTarget].filter((target) => target !== null);
    const plane = await startPlane(stage, { SERVERCTL_ALLOW_PRIVATE_TARGETS: targets.join(',') });
    const said = [...writer.words];
    await writer.addCredential(plane, (line) => said.push(line));
    const { poolName: name, credentialName: credential, ttlSeconds } = writer;
    const plan = { name, credential, ttlSeconds, label: 'www' };
    await addPool(plane, stage, plan, stage.members);
    await untilPool(plane, name, 'healthy', ({ status }) => status.members.every(({ health }) => health === 'healthy'));
    const [{ hostname: first, address } = { hostname: '', address: '' }] = stage.members;
    await plane.cli('pool', 'publish', name, first, '--yes', '--confirm-not-ready');
    await expect.poll(() => stage.nameServer.dig(hostname(stage, plan), 'A'), { timeout: 20_000 }).toEqual([address]);
    expect([name, credential]).toEqual([expect.stringMatching(/-emulated$/), `${kind}-emulated`]);
    expect(said.join(' ')).toContain(' is EMULATED: ');
  },
  120_000,
);

it('leaves nothing behind when it is interrupted', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
  await chmod(temporary, 0o755); // the database runs unprivileged
  const demo = spawn(process.execPath, [join(paths.root, 'e2e/demo/main.ts'), '--local', '--once'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of demo.stdout) {
    said += String(chunk);
    if (said.includes('listens on') && !said.includes('Interrupted')) demo.kill('SIGINT');
  }
  expect(said).toContain('Interrupted: taking everything down …');
  expect(said).not.toContain('failed');
  await expect.poll(() => demo.exitCode).toBe(130);
  expect(await readdir(temporary)).toEqual([]);
  await rm(temporary, { recursive: true });
});
