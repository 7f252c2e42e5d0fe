import type { DnsName, DnsProvider, InstanceId, Ipv4, PoolId, RecordRef } from '@serverctl/core';
import {
  createCloudflareProvider,
  createMemoryProvider,
  createMemoryZone,
  createRfc2136Provider,
} from '@serverctl/dns';
import { createNodeHttp, startTestBind, startTestServer, type TestNameServer } from '@serverctl/dns/testing';
import type { Service } from '@serverctl/testkit/cpanel';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { startEmulated } from './emulated.ts';
import { startEmulatedPanel } from './emulated-panel.ts';

/** How many writers race, each with a provider of its own as if it were another process. */
export const racers = 20;
/** Races at each provider. */
export const rounds = 5;

/** Of each race, how many writers were told that their write was made. */
export interface Races {
  readonly bind: readonly number[];
  readonly knot: readonly number[];
  readonly powerdns: readonly number[];
  readonly memory: readonly number[];
  readonly cpanel: readonly number[];
  readonly whm: readonly number[];
  readonly cloudflare: readonly number[];
}

const zone = 'race.test' as DnsName;
const ref: RecordRef = { zone, name: `lb.${zone}` as DnsName, type: 'A' };
const instance = 'racersracers' as InstanceId;
const pool = 'p00000000001' as PoolId;
const limitMs = 20_000;

/** Lets writers replace the same record at once, all of them on what was read before the race. */
export async function race(): Promise<Races> {
  return {
    bind: await raceAt(await startTestBind({ zone })),
    knot: await raceAt(await startTestServer('knot', zone)),
    powerdns: await raceAt(await startTestServer('powerdns', zone)),
    memory: await raceInMemory(),
    cpanel: await raceAtPanel('cpanel'),
    whm: await raceAtPanel('whm'),
    cloudflare: await raceAtCloudflare(),
  };
}

/** Ends the server after its races. */
async function raceAt(server: TestNameServer): Promise<readonly number[]> {
  const [host, port, key] = [server.address, server.port, server.keys.sha256];
  const wallClock = () => systemClock.wallTime().getTime();
  const randomId = () => Buffer.from(systemRandom.bytes(2)).readUInt16BE();
  try {
    return await playRounds(() => createRfc2136Provider({ host, port, key, instance, wallClock, randomId }));
  } finally {
    await server.stop();
  }
}

function raceInMemory(): Promise<readonly number[]> {
  const memory = createMemoryZone(zone);
  return playRounds(() => createMemoryProvider({ zone: memory, instance }));
}

async function raceAtCloudflare(): Promise<readonly number[]> {
  const { emulator, token } = await startEmulated(zone);
  try {
    return await playRounds(() =>
      createCloudflareProvider({ http: createNodeHttp(emulator.apiBase), token, instance }),
    );
  } finally {
    await emulator.stop();
  }
}

async function raceAtPanel(service: Service): Promise<readonly number[]> {
  const { emulator, open } = await startEmulatedPanel(service, zone);
  try {
    return await playRounds(open);
  } finally {
    await emulator.stop();
  }
}

async function playRounds(open: () => DnsProvider): Promise<readonly number[]> {
  const winners: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const epoch = round * (racers + 1) + 1;
    await replaceOn(open(), await read(open()), epoch, 1);
    const expected = await read(open());
    const outcomes = await Promise.allSettled(
      Array.from({ length: racers }, (_, index) => replaceOn(open(), expected, epoch + 1 + index, 100 + index)),
    );
    winners.push(outcomes.filter((one) => one.status === 'fulfilled' && one.value.outcome === 'written').length);
  }
  return winners;
}

const read = (provider: DnsProvider) => provider.read(ref, AbortSignal.timeout(limitMs));

function replaceOn(provider: DnsProvider, expected: Awaited<ReturnType<typeof read>>, epoch: number, host: number) {
  const next = { address: `192.0.2.${host}` as Ipv4, ttlSeconds: 60 };
  return provider.replace({ ref, expected, next, mark: { instance, pool, epoch } }, AbortSignal.timeout(limitMs));
}
