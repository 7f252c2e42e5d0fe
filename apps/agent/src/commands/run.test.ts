import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths } from '@serverctl/contract/agent';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../http-client.ts';
import { systemClock } from '../platform/clock.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import type { Trust } from '../trust.ts';
import { enrol } from './enrol.ts';
import { run } from './run.ts';

const { heartbeat, nonce } = agentPaths;
const unknownKey = { status: 401, code: 'agent_key_unknown' } as const;

/** An enrolled host whose agent runs, on a clock of the test. */
async function running() {
  const plane = await new FakePlane().start();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'sct-run-'));
  const createClient = (trust: Trust) => createHttpClient(systemClock, trust);
  const clock = new FakeClock();
  const log = recordedLog();
  const stop = Promise.withResolvers<void>();
  const opened = { times: 0 };
  const enrolAt = (at: FakePlane, hostname: string) => {
    const command = { kind: 'enrol', urls: [at.url], hostname, replace: true } as const;
    const none = {
      caFile: undefined,
      secretFile: undefined,
      publicIpv4: undefined,
      publicIpv6: undefined,
      stateDir: undefined,
    };
    const quietly = { say: () => undefined, warn: () => undefined };
    return enrol(
      { ...command, ...none },
      { createClient, stateDirectory, readSecret: async () => at.secret, ...quietly },
    );
  };
  await enrolAt(plane, 'm1.lab.test');
  const ended = run({
    ...{
      clock,
      log,
      stateDirectory,
      runtimeDirectory: null,
      random: { fraction: () => 0 },
      untilStopped: stop.promise,
    },
    openHost() {
      opened.times += 1;
      return {
        serviceManager: { versionSuffix: '', watch: () => undefined, report: () => [], close: () => undefined },
        read: async ({ hostname, publicIpv4, publicIpv6 }) => ({
          hostname: hostname(),
          publicIpv4,
          publicIpv6,
          units: [],
          packageLock: false,
          haproxy: null,
        }),
        close: () => undefined,
      };
    },
  });
  onTestFinished(async () => {
    stop.resolve();
    await ended;
    await plane.stop();
    await rm(stateDirectory, { recursive: true, maxRetries: 5 }); // a write may still be on its way
  });
  await plane.untilBeats(1);
  /** Waits, in real time, for what the agent makes of files and replies. */
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  const refusals = () => log.lines.filter((line) => line.includes(unknownKey.code)).length;
  return { plane, clock, log, opened, enrolAt, until, refusals };
}

describe('an agent that runs while its host is enrolled anew', () => {
  it('goes on at once with the new key, in a boot of its own, when its old key is refused', async () => {
    const { plane, clock, opened, enrolAt } = await running();
    await enrolAt(plane, 'm1.new.test');
    plane.once(heartbeat, unknownKey);
    plane.beats.length = 0;
    await clock.advance(950); // the beat is at 900, the regular look at agent.json at 1000
    await plane.untilBeats(1);
    expect(plane.beats[0]).toMatchObject({ boot: 2, seq: 1, hostname: 'm1.new.test' });
    expect(plane.tokenRequests.map(({ boot }) => boot)).toEqual([null, null]);
    expect(opened.times).toBe(1); // what is known of the units stays
    expect(plane.problems).toEqual([]);
  });

  it('goes on within a second when the old key was refused before the new one was laid down', async () => {
    const { plane, clock, enrolAt, until, refusals } = await running();
    plane.once(heartbeat, unknownKey);
    await clock.advance(1_000);
    await until(() => refusals() === 1);
    await enrolAt(plane, 'm1.new.test');
    plane.beats.length = 0;
    await clock.advance(1_000);
    await plane.untilBeats(1);
    expect(plane.beats[0]).toMatchObject({ boot: 2, seq: 1, hostname: 'm1.new.test' });
  });

  it('goes over to another control plane although the one before still knows the old key', async () => {
    const { plane, clock, enrolAt } = await running();
    const other = await new FakePlane().start();
    onTestFinished(() => other.stop());
    await enrolAt(other, 'm1.new.test');
    await clock.advance(1_000);
    await other.untilBeats(1);
    const before = plane.beats.length;
    await clock.advance(1_000);
    await other.untilBeats(2);
    expect(plane.beats.length).toBe(before);
  });
});

it('an agent whose key is not known and whose identity is unchanged asks every 8–12 s only', async () => {
  const { plane, clock, until, refusals } = await running();
  plane.always(nonce, unknownKey);
  plane.always(heartbeat, unknownKey);
  await clock.advance(1_000);
  await until(() => refusals() === 1);
  const before = plane.requestCount;
  await clock.advance(6_500);
  expect(plane.requestCount).toBe(before);
  await clock.advance(6_000);
  await until(() => plane.requestCount > before);
});
