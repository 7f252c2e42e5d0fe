import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths } from '@serverctl/contract/agent';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EnrolCommand, parseCommandLine } from '../command-line.ts';
import { createHttpClient } from '../http-client.ts';
import { loadIdentity } from '../identity.ts';
import { createTestAuthority } from '../testing/certificates.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { enrol } from './enrol.ts';

/** A host, and control planes that each have a private CA. */
async function host() {
  const directory = await mkdtemp(join(tmpdir(), 'sct-ca-'));
  const stateDirectory = join(directory, 'state');
  onTestFinished(() => rm(directory, { recursive: true }));
  async function planeOf(name: string) {
    const authority = createTestAuthority(name);
    const plane = await new FakePlane(undefined, authority.issue()).start();
    onTestFinished(() => plane.stop());
    const caFile = join(directory, `${name}.pem`);
    await writeFile(caFile, authority.ca);
    const command = (...more: string[]) =>
      parseCommandLine(['enrol', '--url', plane.url, '--ca-file', caFile, ...more]) as EnrolCommand;
    const quietly = { say: () => undefined, warn: () => undefined };
    const createClient: Parameters<typeof enrol>[1]['createClient'] = (trust) =>
      createHttpClient(new FakeClock(), trust);
    const enrolHere = (...more: string[]) =>
      enrol(command(...more), { createClient, stateDirectory, readSecret: async () => plane.secret, ...quietly });
    return { plane, authority, enrolHere };
  }
  const files = async () => (await readdir(stateDirectory)).sort();
  return { directory, stateDirectory, planeOf, files };
}

describe('the CA of an enrolment', () => {
  it('is kept with the identity, readable by nobody else', async () => {
    const { stateDirectory, planeOf, files } = await host();
    const { authority, enrolHere } = await planeOf('first');
    await enrolHere();
    const ca = /^ca-[0-9a-f]{16}\.pem$/;
    expect(await files()).toEqual(['agent.json', expect.stringMatching(ca), expect.stringMatching(/^key-/)]);
    expect((await loadIdentity(stateDirectory))?.ca).toBe(authority.ca);
  });

  it('is replaced together with the key', async () => {
    const { stateDirectory, planeOf, files } = await host();
    const first = await planeOf('first');
    const second = await planeOf('second');
    await first.enrolHere();
    const before = await files();
    await second.enrolHere('--replace');
    const after = await files();
    expect((await loadIdentity(stateDirectory))?.ca).toBe(second.authority.ca);
    expect(after).toHaveLength(3);
    expect(after.filter((name) => before.includes(name))).toEqual(['agent.json']);
  });

  it('and its key stay whole when another enrolment fails', async () => {
    const { stateDirectory, planeOf, files } = await host();
    const first = await planeOf('first');
    const second = await planeOf('second');
    await first.enrolHere();
    const before = await files();
    second.plane.once(agentPaths.enrol, { status: 401, code: 'enrolment_expired' });
    await expect(second.enrolHere('--replace')).rejects.toMatchObject({ code: 'enrolment_expired' });
    first.plane.once(agentPaths.enrol, 'drop'); // with the CA that the present identity has
    await expect(first.enrolHere('--replace')).rejects.toMatchObject({ code: 'plane_unreachable' });
    expect(await files()).toEqual(before);
    expect((await loadIdentity(stateDirectory))?.ca).toBe(first.authority.ca);
  });

  it('is never done without when it is missing or damaged (R37)', async () => {
    const { stateDirectory, planeOf, files } = await host();
    await (await planeOf('first')).enrolHere();
    const ca = join(stateDirectory, (await files())[1] ?? '');
    await writeFile(ca, (await readFile(ca, 'utf8')).slice(0, 100));
    await expect(loadIdentity(stateDirectory)).rejects.toMatchObject({ code: 'state_unusable' });
    await rm(ca);
    await expect(loadIdentity(stateDirectory)).rejects.toMatchObject({
      message: expect.stringMatching(/The CA .* is missing or damaged/),
    });
  });

  it('cannot be named outside the state directory', async () => {
    const { stateDirectory, planeOf } = await host();
    await (await planeOf('first')).enrolHere();
    const config = join(stateDirectory, 'agent.json');
    const kept = JSON.parse(await readFile(config, 'utf8')) as object;
    await writeFile(config, JSON.stringify({ ...kept, caFile: '../first.pem' }));
    await expect(loadIdentity(stateDirectory)).rejects.toMatchObject({ code: 'state_unusable' });
  });
});
