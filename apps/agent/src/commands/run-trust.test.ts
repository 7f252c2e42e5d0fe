import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths } from '@serverctl/contract/agent';
import { expect, it, onTestFinished } from 'vitest';
import { type EnrolCommand, parseCommandLine } from '../command-line.ts';
import { hasHeardMark } from '../heard-mark.ts';
import type { Host } from '../host.ts';
import { createHttpClient } from '../http-client.ts';
import { type AgentConfig, readConfig } from '../identity.ts';
import { systemClock } from '../platform/clock.ts';
import { createTestAuthority } from '../testing/certificates.ts';
import { FakeClock, settled } from '../testing/fake-clock.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { enrol } from './enrol.ts';
import { run } from './run.ts';

/** A host whose control planes each have a private CA, and its agent on a clock of the test. */
async function host() {
  const directory = await mkdtemp(join(tmpdir(), 'sct-run-'));
  const stateDirectory = join(directory, 'state');
  const clock = new FakeClock();
  const log = recordedLog();
  const stop = Promise.withResolvers<void>();
  const running: Promise<unknown>[] = [];
  const planes: FakePlane[] = [];
  onTestFinished(async () => {
    stop.resolve();
    await Promise.all(running);
    await Promise.all(planes.map((plane) => plane.stop()));
    await rm(directory, { recursive: true });
  });
  async function enrolAtNewPlane(name: string): Promise<FakePlane> {
    const authority = createTestAuthority(name);
    const plane = await new FakePlane(undefined, authority.issue()).start();
    planes.push(plane);
    const caFile = join(directory, `${name}.pem`);
    await writeFile(caFile, authority.ca);
    const args = ['enrol', '--url', plane.url, '--ca-file', caFile, '--replace'];
    await enrol(parseCommandLine(args) as EnrolCommand, {
      ...{ stateDirectory, readSecret: async () => plane.secret, say: () => undefined, warn: () => undefined },
      createClient: (trust) => createHttpClient(systemClock, trust),
    });
    return plane;
  }
  function start(): void {
    const serviceManager = { versionSuffix: '', watch: () => undefined, report: () => [], close: () => undefined };
    const state = { units: [], packageLock: false, haproxy: null };
    const read: Host['read'] = async ({ hostname, publicIpv4 }) => ({ hostname: hostname(), publicIpv4, ...state });
    const openHost = () => ({ serviceManager, read, close: () => undefined }) as Host;
    const parts = { clock, log, stateDirectory, runtimeDirectory: directory, random: { fraction: () => 0 } };
    running.push(run({ ...parts, openHost, untilStopped: stop.promise }));
  }
  const said = async (words: string) => {
    while (!log.lines.some((line) => line.includes(words))) await settled();
  };
  const change = async (to: Partial<AgentConfig>) => {
    const path = join(stateDirectory, 'agent.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...to }));
  };
  const present = async () => {
    const config = await readConfig(stateDirectory);
    if (config === null) throw new Error('not enrolled');
    return config;
  };
  return { directory, clock, log, enrolAtNewPlane, start, said, change, present };
}

it('an agent that runs follows another CA together with the key, without a restart', async () => {
  const { clock, enrolAtNewPlane, start } = await host();
  const first = await enrolAtNewPlane('first');
  start();
  await first.untilBeats(1);
  const second = await enrolAtNewPlane('second');
  await clock.advance(1_000);
  await second.untilBeats(1);
  expect(second.beats[0]).toMatchObject({ boot: 1, seq: 1 });
});

it('a beat that is under way while the host is enrolled anew is not told as a trouble', async () => {
  const { clock, enrolAtNewPlane, start, log } = await host();
  const first = await enrolAtNewPlane('first');
  start();
  await first.untilBeats(1);
  first.always(agentPaths.heartbeat, 'hang');
  const before = first.requestCount;
  await clock.advance(950); // the beat is at 900, the look at agent.json at 1000
  await first.until(() => first.requestCount > before);
  const second = await enrolAtNewPlane('second');
  await clock.advance(50);
  await second.untilBeats(1);
  expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
});

it('that an identity was heard is noted once, for that identity', async () => {
  const { directory, clock, enrolAtNewPlane, start, present } = await host();
  const first = await enrolAtNewPlane('first');
  const before = await present();
  start();
  expect(await hasHeardMark(directory, before)).toBe(false);
  await first.untilBeats(1);
  while (!(await hasHeardMark(directory, before))) await settled();
  await rm(join(directory, 'heard.json'));
  await clock.advance(1_000);
  await first.untilBeats(2);
  await settled();
  expect(await hasHeardMark(directory, before)).toBe(false);
  const second = await enrolAtNewPlane('second');
  await clock.advance(1_000);
  await second.untilBeats(1);
  const after = await present();
  while (!(await hasHeardMark(directory, after))) await settled();
  expect(await hasHeardMark(directory, before)).toBe(false);
});

it('a kept address of plain http is told and never used; the others are (R37)', async () => {
  const { enrolAtNewPlane, start, change, log } = await host();
  const plane = await enrolAtNewPlane('first');
  await change({ urls: ['http://control.invalid:7400', plane.url] });
  start();
  await plane.untilBeats(1);
  expect(log.lines.join('\n')).toMatch(/error an address is not used.*http:\/\/control\.invalid:7400 is plain http/);
  expect(log.lines.filter((line) => line.includes('does not answer'))).toEqual([]);
});

it('an agent with no other address sends nothing, says so, and goes on when it is enrolled anew', async () => {
  const { clock, enrolAtNewPlane, start, said, change } = await host();
  const plane = await enrolAtNewPlane('first');
  await change({ urls: ['http://control.invalid:7400'] });
  start();
  await said('no address is left: nothing is sent');
  const before = plane.requestCount;
  await clock.advance(5_000);
  expect(plane.requestCount).toBe(before);
  const second = await enrolAtNewPlane('second');
  await clock.advance(1_000);
  await second.untilBeats(1);
});
