import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths, tokenProofText } from '@serverctl/contract/agent';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EnrolCommand, parseCommandLine } from '../command-line.ts';
import { createHttpClient } from '../http-client.ts';
import { loadIdentity, readConfig } from '../identity.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import type { Trust } from '../trust.ts';
import { enrol } from './enrol.ts';

async function host() {
  const plane = await new FakePlane().start();
  const folder = await mkdtemp(join(tmpdir(), 'sct-enrol-'));
  const stateDirectory = join(folder, 'state'); // not there yet: the first enrolment makes it
  const createClient = (trust: Trust) => createHttpClient(new FakeClock(), trust);
  onTestFinished(async () => {
    await plane.stop();
    await rm(folder, { recursive: true });
  });
  const said: string[] = [];
  const warned: string[] = [];
  const asked = { times: 0 };
  const run = (...args: string[]) => {
    const readSecret = async () => {
      asked.times += 1;
      return plane.secret;
    };
    const say = (text: string) => void said.push(text);
    const warn = (text: string) => void warned.push(text);
    const command = parseCommandLine(['enrol', ...args]) as EnrolCommand;
    return enrol(command, { createClient, stateDirectory, readSecret, say, warn });
  };
  const enrolHere = (...args: string[]) => run('--url', plane.url, '--hostname', 'm1.lab.test', ...args);
  const files = async () => (await readdir(stateDirectory).catch(() => [])).sort();
  return { plane, stateDirectory, run, enrolHere, files, said, warned, asked };
}

describe('enrolment', () => {
  it('keeps a key that nobody else can read, and who the host is now', async () => {
    const { plane, stateDirectory, enrolHere, files, said } = await host();
    await enrolHere('--public-ipv4', '203.0.113.7', '--public-ipv6', '2001:db8::7');
    const [config, key] = await files();
    expect([config, key]).toEqual(['agent.json', expect.stringMatching(/^key-[0-9a-f]{16}\.pem$/)]);
    expect((await stat(join(stateDirectory, key ?? ''))).mode & 0o777).toBe(0o600);
    expect((await stat(stateDirectory)).mode & 0o777).toBe(0o700);
    expect(await readConfig(stateDirectory)).toMatchObject({
      memberId: 'm-1',
      poolName: 'edge',
      urls: [plane.url],
      hostname: 'm1.lab.test',
      publicIpv4: '203.0.113.7',
      publicIpv6: '2001:db8::7',
    });
    expect(said.join()).toContain('m1.lab.test is member m-1 of pool edge');
    expect(plane.problems).toEqual([]);
  });

  it('sends the public half of the key that signs later', async () => {
    const { plane, stateDirectory, enrolHere } = await host();
    await enrolHere();
    const identity = await loadIdentity(stateDirectory);
    if (identity === null) throw new Error('not enrolled');
    const text = tokenProofText('n', identity.config.memberId, null);
    const signature = identity.sign(text);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: plane.publicKey }, format: 'jwk' });
    expect(verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('writes the secret nowhere and says it nowhere', async () => {
    const { plane, stateDirectory, enrolHere, files, said, warned } = await host();
    await enrolHere();
    const kept = await Promise.all((await files()).map((file) => readFile(join(stateDirectory, file), 'utf8')));
    expect([...kept, ...said, ...warned].join('\n')).not.toContain(plane.secret);
  });

  it('of an enrolled host is refused before the secret is asked for', async () => {
    const { enrolHere, asked, plane } = await host();
    await enrolHere();
    await expect(enrolHere()).rejects.toMatchObject({ code: 'already_enrolled', exitCode: 4 });
    expect(asked.times).toBe(1);
    expect(plane.enrolments).toHaveLength(1);
  });

  it('with --replace puts a new key in place of the old one', async () => {
    const { enrolHere, files, said } = await host();
    await enrolHere();
    const before = await files();
    expect(said.join()).not.toContain('running agent');
    await enrolHere('--replace');
    expect(said.join()).toContain('running agent goes on as this member by itself');
    const after = await files();
    expect(after).toHaveLength(2);
    expect(after).not.toEqual(before);
  });

  it('that is refused shows the control plane’s words and leaves what was', async () => {
    const { plane, enrolHere, files } = await host();
    plane.once(agentPaths.enrol, { status: 401, code: 'enrolment_expired' });
    await expect(enrolHere()).rejects.toMatchObject({
      code: 'enrolment_expired',
      message: 'It was refused.',
      remedy: 'Do this.',
      exitCode: 5,
    });
    expect(await files()).toEqual([]);
    await enrolHere();
    const before = await files();
    plane.once(agentPaths.enrol, { status: 403, code: 'enrolment_wrong_ip' });
    await expect(enrolHere('--replace')).rejects.toMatchObject({ code: 'enrolment_wrong_ip' });
    expect(await files()).toEqual(before);
  });

  it('from the wrong address or under the wrong name says what was seen and what is allowed', async () => {
    const { plane, enrolHere } = await host();
    const details = { seen: '198.51.100.9', allowed: ['198.51.100.1', '2001:db8::/48'] };
    plane.once(agentPaths.enrol, { status: 403, code: 'enrolment_wrong_ip', details });
    await expect(enrolHere()).rejects.toMatchObject({
      message: 'It was refused. (seen: 198.51.100.9; allowed: 198.51.100.1, 2001:db8::/48)',
    });
    const names = { seen: 'm1.lab.test', allowed: 'm2.lab.test' };
    plane.once(agentPaths.enrol, { status: 403, code: 'enrolment_wrong_hostname', details: names });
    await expect(enrolHere()).rejects.toMatchObject({
      message: 'It was refused. (seen: m1.lab.test; allowed: m2.lab.test)',
    });
  });

  it('goes to the next address when one does not answer, and keeps the one that did first', async () => {
    const { plane, stateDirectory, run } = await host();
    await run('--url', 'http://127.0.0.1:9', '--url', plane.url);
    expect((await readConfig(stateDirectory))?.urls).toEqual([plane.url, 'http://127.0.0.1:9']);
  });

  it('does not go on to the next address with a secret that was refused', async () => {
    const { plane, run } = await host();
    plane.always(agentPaths.enrol, { status: 401, code: 'enrolment_secret_invalid' });
    await expect(run('--url', plane.url, '--url', `${plane.url}/edge`)).rejects.toMatchObject({ exitCode: 5 });
    expect(plane.requestCount).toBe(1);
  });

  it('with a secret that an unanswered try may have used up says so, and that a new install line is needed', async () => {
    const { plane, run } = await host();
    plane.once(agentPaths.enrol, 'drop'); // done, and the reply lost
    plane.once(`/edge${agentPaths.enrol}`, { status: 401, code: 'enrolment_secret_invalid' });
    await expect(run('--url', plane.url, '--url', `${plane.url}/edge`)).rejects.toMatchObject({
      code: 'enrolment_secret_invalid',
      message: expect.stringMatching(/^It was refused\. .*may have used the secret up.*new install line/),
    });
    plane.once(agentPaths.enrol, { status: 401, code: 'enrolment_secret_invalid' });
    await expect(run('--url', plane.url)).rejects.toMatchObject({ message: 'It was refused.' });
  });

  it('without any answer is said with each address', async () => {
    const { run, files } = await host();
    await expect(run('--url', 'http://127.0.0.1:9')).rejects.toMatchObject({ code: 'plane_unreachable', exitCode: 6 });
    expect(await files()).toEqual([]);
  });

  it.each([
    [[], 'needs --url'],
    [['--url', 'control.example.com'], 'not a full address'],
    [['--url', 'https://x', '--url', 'http://control.example.com'], 'plain http'],
    [['--url', 'https://x', '--ca-file', '/does/not/exist'], 'cannot be read'],
    [['--url', 'https://x', '--ca-file', import.meta.filename], 'not a CA certificate'],
    [['--url', 'https://x', '--public-ipv4', '2001:db8::1'], 'not an IPv4 address'],
    [['--url', 'https://x', '--public-ipv4', '224.0.0.1'], 'not the address of a host'],
    [['--url', 'https://x', '--public-ipv6', '203.0.113.7'], 'not an IPv6 address'],
    [['--url', 'https://x', '--public-ipv6', 'fe80::1'], 'one link only'],
    [['--url', 'https://x', '--public-ipv6', 'ff02::1'], 'not the address of a host'],
    [['--url', 'https://x', '--public-ipv6', '::ffff:203.0.113.7'], 'holds an IPv4 address'],
    [['--url', 'https://x', '--public-ipv6', '::ffff:cb00:7107'], 'holds an IPv4 address'],
    [['--url', 'https://x', '--public-ipv6', '0:0::0:FFFF:CB00:7107'], 'holds an IPv4 address'],
    [['--url', 'https://x', '--public-ipv6', '::ffff:0:1'], 'holds an IPv4 address'],
  ])('with %j is refused before anything is done', async (args, words) => {
    const { run, asked, files } = await host();
    await expect(run(...args)).rejects.toMatchObject({ message: expect.stringContaining(words), exitCode: 2 });
    expect(asked.times).toBe(0);
    expect(await files()).toEqual([]);
  });

  it('warns of an address that nobody outside reaches', async () => {
    const { warned, enrolHere } = await host();
    await enrolHere('--public-ipv4', '10.77.0.11', '--public-ipv6', 'fd00::11');
    expect(warned.filter((text) => text.includes('cannot be reached from the internet'))).toHaveLength(2);
  });

  it('keeps of the control plane’s own addresses only those that may be used (R37)', async () => {
    const { plane, stateDirectory, enrolHere } = await host();
    plane.toldUrls = ['http://control.example.com', 'https://control.example.com/', 'ftp://x'];
    await enrolHere();
    expect((await readConfig(stateDirectory))?.urls).toEqual([plane.url, 'https://control.example.com']);
  });
});
