import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from './http-client.ts';
import { createTestAuthority, type LeafWishes } from './testing/certificates.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { createTrust, readCaFile, type Trust } from './trust.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'sct-trust-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function serving(leaf: LeafWishes = {}) {
  const authority = createTestAuthority();
  const plane = await new FakePlane(undefined, authority.issue(leaf)).start();
  onTestFinished(() => plane.stop());
  const post = (trust: Trust) => {
    const client = createHttpClient(new FakeClock(), trust);
    onTestFinished(() => client.close());
    return () => client.post({ url: `${plane.url}/agent/v1/nonce`, body: { memberId: 'm' }, timeoutMs: 2_000 });
  };
  return { authority, plane, post };
}

describe('the trust', () => {
  it('in the CA of the enrolment takes that one alone, whatever the host trusts', async () => {
    const { authority, post, plane } = await serving();
    const bundle = join(await folder(), 'bundle.crt');
    await writeFile(bundle, authority.ca);
    expect(await post(createTrust(authority.ca, []))()).toMatchObject({ kind: 'reply', status: 200 });
    const other = createTestAuthority().ca;
    expect(await post(createTrust(other, [bundle]))()).toMatchObject({
      because: 'untrusted',
      detail: expect.stringMatching(/^its certificate is not from the expected CA\. Only the CA given at enrolment/),
    });
    expect(plane.requestCount).toBe(1);
  });

  it('without one is in the first bundle that the host has', async () => {
    const { authority, post } = await serving();
    const [missing, empty, bundle] = ['missing', 'empty', 'bundle'].map((name) => name);
    const at = await folder();
    await writeFile(join(at, empty ?? ''), '# none here\n');
    await writeFile(join(at, bundle ?? ''), `# two\n${createTestAuthority('Another').ca}${authority.ca}`);
    const bundles = [missing, empty, bundle].map((name) => join(at, name ?? ''));
    expect(await post(createTrust(null, bundles))()).toMatchObject({ kind: 'reply' });
  });

  it('follows a bundle that changes while the agent runs, without a restart', async () => {
    const { authority, post } = await serving();
    const bundle = join(await folder(), 'bundle.crt');
    await writeFile(bundle, createTestAuthority('Another').ca);
    const again = post(createTrust(null, [bundle]));
    expect(await again()).toMatchObject({ detail: expect.stringContaining('Name the CA certificate with --ca-file') });
    await writeFile(bundle, authority.ca);
    await again(); // this refusal makes it look
    expect(await again()).toMatchObject({ kind: 'reply' });
  });

  it('on a host without any bundle is in the runtime’s CAs, which know no private one', async () => {
    const { post } = await serving();
    expect(await post(createTrust(null, []))()).toMatchObject({ because: 'untrusted' });
  });

  it.each([
    ['another name', { names: ['other.example.com'] }, /not for 127\.0\.0\.1\. Use an address that the certificate/],
    ['a certificate that has expired', { until: '2021-01-01T00:00:00' }, /has expired\. Check the clocks/],
    ['one that is not valid yet', { from: '2110-01-01T00:00:00' }, /is not valid yet\. Check the clocks/],
  ])('does not reach %s, and says what to do', async (_what, leaf, words) => {
    const { authority, post, plane } = await serving(leaf);
    expect(await post(createTrust(authority.ca))()).toMatchObject({
      because: 'untrusted',
      detail: expect.stringMatching(words),
    });
    expect(plane.requestCount).toBe(0);
  });

  it('keeps one connection over many requests', async () => {
    const { authority, post, plane } = await serving();
    const again = post(createTrust(authority.ca));
    for (let times = 0; times < 10; times += 1) await again();
    expect(plane.connectionCount).toBe(1);
  });
});

it('https at a port that speaks plain http says so', async () => {
  const plane = await new FakePlane().start();
  onTestFinished(() => plane.stop());
  const client = createHttpClient(new FakeClock(), createTrust(null));
  const url = plane.url.replace('http:', 'https:');
  expect(await client.post({ url, body: {}, timeoutMs: 2_000 })).toMatchObject({
    because: 'network',
    detail: expect.stringContaining('does not speak TLS'),
  });
  client.close();
});

describe('--ca-file', () => {
  it('takes the certificates of a file and nothing else of it', async () => {
    const path = join(await folder(), 'ca.pem');
    const authority = createTestAuthority();
    const { key } = authority.issue();
    const second = createTestAuthority('Next');
    await writeFile(path, `Issued for us\n${key}${authority.ca}${second.ca}`);
    expect(await readCaFile(path)).toBe(authority.ca + second.ca);
  });

  it.each(['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'with %j is refused',
    async (text) => {
      const path = join(await folder(), 'ca.pem');
      await writeFile(path, text);
      await expect(readCaFile(path)).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
    },
  );
});
