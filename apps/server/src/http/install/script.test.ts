import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runtimeVariables } from '@serverctl/contract/agent';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { systemRandom as random } from '../../platform/random.ts';
import { createAgentFiles } from '../../services/agent-files.ts';
import { issueCa, newKey } from '../../tls/certificate.ts';
import { writeAgentFiles } from '../testing/agent-files.ts';
import { type BareHost, openBareHost, shellsHere } from '../testing/bare-host.ts';
import { createInstaller, type Trust } from './installer.ts';
import { renderLine } from './line.ts';
import { installRoutes } from './plugin.ts';
import { renderScript } from './script.ts';

const shells = await shellsHere();
let directory: string;
let app: FastifyInstance;
let url: string;
let host: BareHost;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-script-'));
  app = Fastify();
  await app.register(installRoutes, { installer: installer({ caPem: null, pin: null }), clock });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  host = await openBareHost();
  await writeAgentFiles(directory);
});
afterEach(() => host.close());

function installer(trust: Trust, urls: readonly [string, ...string[]] = ['http://127.0.0.1:1']) {
  return createInstaller({ urls, files: createAgentFiles(directory), trust: () => trust });
}

async function runScript(shell: string, { urls = [url], caPem = null as string | null, args = [] as string[] } = {}) {
  const { agents } = await createAgentFiles(directory).manifest();
  const path = join(directory, `${randomBytes(4).toString('hex')}.sh`);
  await writeFile(path, renderScript({ urls, caPem, agents }));
  return host.run(shell, [path, ...args], 'the-secret');
}

describe.each(shells)('the script in %s', (shell) => {
  test('is sound to the shell, with a CA and without', async () => {
    const { agents } = await writeAgentFiles(directory);
    for (const caPem of [null, issueCa(newKey(), { random, now: clock.wallTime() }).toString()]) {
      const script = renderScript({ urls: [url], caPem, agents });
      expect(await host.run(shell, ['-n'], script)).toEqual({ status: 0, output: '', errors: '' });
    }
  });

  test('runs the agent with URLs, CA and arguments; standard input reaches it; nothing of its own stays', async () => {
    const caPem = issueCa(newKey(), { random, now: clock.wallTime() }).toString();
    const result = await runScript(shell, {
      caPem,
      urls: [url, 'https://[2001:db8::1]:7400'],
      args: ['--secret-file', 'a b'],
    });
    expect(result).toMatchObject({ status: 0, errors: '' });
    const [called, ca, secret] = result.output.split('\n');
    expect(called).toMatch(
      /^called: install --url http:\/\/127\.0\.0\.1:\d+ --url https:\/\/\[2001:db8::1\]:7400 --ca-file \S+\/ca\.pem --secret-file a b$/,
    );
    expect(ca).toBe(`ca: ${createHash('sha256').update(caPem).digest('hex')}  -`);
    expect(secret).toBe('secret: the-secret');
    expect(await host.leftovers()).toEqual([]);
  });

  test('goes to the next URL where the first does not answer', async () => {
    const result = await runScript(shell, { urls: ['http://127.0.0.1:1', url] });
    expect(result.status).toBe(0);
    expect(result.output).toContain('secret: the-secret');
    expect(result.output).not.toContain('--ca-file');
  });

  test.each([
    [
      'another machine',
      'uname',
      'case $1 in -s) echo Linux ;; -m) echo riscv64 ;; esac',
      'no agent for this machine, riscv64',
    ],
    ['another system', 'uname', 'echo Darwin', 'needs Linux'],
    ['another user', 'id', 'echo 1000', 'as root'],
    ['no curl', 'curl', null, 'curl is missing'],
    ['no gunzip', 'gunzip', null, 'gunzip is missing'],
    ['no systemd', 'systemctl', null, 'systemctl is missing'],
    ['a folder that cannot be made', 'mktemp', 'exit 1', 'cannot be written'],
    ['a download that fails', 'curl', 'exit 22', 'could not be downloaded'],
    ['a download that is something else', 'curl', 'while [ "$1" != -o ]; do shift; done; echo x >"$2"', 'is damaged'],
  ])('on %s it says why, fails, and leaves nothing', async (_case, name, program, words) => {
    await host.program(name, program);
    const result = await runScript(shell);
    expect(result).toMatchObject({ status: 1, output: '', errors: expect.stringContaining(words) });
    expect(await host.leftovers()).toEqual([]);
  });

  test('runs no agent but the one whose hash it carries (R37)', async () => {
    const { agents } = await writeAgentFiles(directory);
    const forged = gzipSync(`#!/bin/sh\necho forged\n`);
    await writeFile(
      join(directory, agents.x64.gzip),
      Buffer.concat([forged, Buffer.alloc(agents.x64.gzipBytes)]).subarray(0, agents.x64.gzipBytes),
    );
    const result = await runScript(shell);
    expect(result).toMatchObject({ status: 1, output: '' });
    expect(result.errors).toMatch(/not the one this script was made for|is damaged/);
    await writeAgentFiles(directory, '#!/bin/sh\necho forged\n');
    const path = join(directory, 'old.sh');
    await writeFile(path, renderScript({ urls: [url], caPem: null, agents }));
    const second = await host.run(shell, [path]);
    expect(second).toMatchObject({ status: 1, output: '', errors: expect.stringContaining('not the one this script') });
    expect(await host.leftovers()).toEqual([]);
  });

  test('hands the agent no variable that its runtime would heed, and leaves the others', async () => {
    await writeAgentFiles(directory, `#!/bin/sh\nexec ${process.execPath} -p 'Object.keys(process.env).join()'\n`);
    const { agents } = await createAgentFiles(directory).manifest();
    const path = join(directory, 'unset.sh');
    await writeFile(path, renderScript({ urls: [url], caPem: null, agents }));
    const given = [...runtimeVariables, 'HTTPS_PROXY_OF_THE_HOST'].map((name) => `export ${name}=x;`).join(' ');
    const result = await host.run(shell, ['-c', `${given} . ${path}`]);
    expect(result).toMatchObject({ status: 0, errors: '' });
    const names = result.output.trim().split(',');
    expect(names).toContain('HTTPS_PROXY_OF_THE_HOST');
    expect(runtimeVariables.filter((name) => names.includes(name))).toEqual([]);
  });

  test('ends with the status of the agent', async () => {
    await writeAgentFiles(directory, '#!/bin/sh\nexit 7\n');
    expect((await runScript(shell)).status).toBe(7);
    expect(await host.leftovers()).toEqual([]);
  });
});

test('where the control plane has no agent for arm64 it says so, and what to do', async () => {
  const { agents } = await writeAgentFiles(directory);
  const path = join(directory, 'without-arm64.sh');
  await writeFile(path, renderScript({ urls: [url], caPem: null, agents: { x64: agents.x64 } }));
  await host.program('uname', 'case $1 in -s) echo Linux ;; -m) echo aarch64 ;; esac');
  const result = await host.run('dash', [path]);
  expect(result).toMatchObject({
    status: 1,
    errors: expect.stringContaining('no agent for arm64: run script/package'),
  });
});

test('arm64 gets its own file', async () => {
  const manifest = await writeAgentFiles(directory);
  await host.program('uname', 'case $1 in -s) echo Linux ;; -m) echo aarch64 ;; esac');
  const log = join(host.scratch, 'asked');
  await host.program('curl', `for last do :; done; echo "$last" >${log}; exit 1`);
  await runScript('dash');
  expect(await readFile(log, 'utf8')).toContain(manifest.agents.arm64.gzip);
});

test('the line has a pin only where hosts cannot know the certificate, and is one line without a bang for the shell', () => {
  const line = (pin: string | null) =>
    renderLine({ url: "https://a.example.com/it's", pin, scriptSha256: 'ab'.repeat(32) });
  expect(line('c2hh')).toContain(`curl -fsS --insecure --pinnedpubkey 'sha256//c2hh' --connect-timeout 10 -o "$f" `);
  expect(line(null)).not.toMatch(/insecure|pinned/);
  expect(line(null)).toContain(`'https://a.example.com/it'\\''s/install/agent.sh'`);
  expect(line('c2hh')).not.toMatch(/[\n!]/);
});
