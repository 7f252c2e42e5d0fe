import { type DnsName, isAppError } from '@serverctl/core';
import type { Databases, OpenedDatabase } from './databases.ts';
import { credentialId, deskOf, sealedCredential } from './desk.ts';
import { type EmulatedCloudflare, startEmulated } from './emulated.ts';
import { addressOf, type FleetPool, firstMarkOf, furnish, moveAll } from './fleet.ts';
import { type House, openHouse, resolverOf } from './house.ts';
import { until } from './until.ts';

/** How many names move at once, and what our side takes the zone's plan for. */
export interface Thousand {
  readonly names: number;
  readonly plan: 'free' | 'paid';
}

/** One move of all. */
export interface Moved {
  /** Requests that the provider counted from the commit until every name was acknowledged. */
  readonly calls: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Of each name, from the commit until the zone held its new address. */
  readonly publishedMs: readonly number[];
  /** From the commit until the last name was acknowledged in the store. */
  readonly acknowledgedMs: number;
  readonly waitedForBudget: number;
  /** The most changes that one batch had. */
  readonly largestBatch: number;
  readonly complaints: readonly string[];
}

const zoneName = 'bench.test' as DnsName;

/** Moves that many pools of one zone and one credential with one commit. */
export async function moveThousand(databases: Databases, thousand: Thousand): Promise<Moved> {
  const database = await databases.open();
  const emulated = await startEmulated(zoneName);
  try {
    const { pools, providers } = await prepare(database, emulated, thousand);
    const house = await openHouse(database, providers, resolverOf(emulated.held));
    try {
      await untilCalm(emulated);
      return await move(database, emulated, house, pools);
    } finally {
      await house.end();
    }
  } finally {
    await emulated.emulator.stop();
    await database.end();
  }
}

async function prepare(database: OpenedDatabase, emulated: EmulatedCloudflare, { names, plan }: Thousand) {
  const { desk, secrets } = deskOf(database, emulated);
  const credential = sealedCredential(secrets, emulated, plan);
  const pools = publishedIn(emulated, names);
  await furnish(database.kysely, pools, [credential], true);
  return { pools, providers: desk };
}

/** So many names of the zone, each in a pool of its own, as they stand after their first publish. */
export function publishedIn({ zone }: EmulatedCloudflare, names: number): readonly FleetPool[] {
  return Array.from({ length: names }, (_, index): FleetPool => {
    const number = index + 1;
    const name = `n${number}.${zone.name}` as DnsName;
    const comment = firstMarkOf(number);
    zone.records.create({ type: 'A', name, content: addressOf('a', number), ttl: 60, comment });
    return { number, name, zone: zone.name as DnsName, credentialId };
  });
}

/** The reads that follow a start are over. */
async function untilCalm({ emulator }: EmulatedCloudflare): Promise<void> {
  const quietMs = 1_500;
  let [count, since] = [0, performance.now()];
  await until('the first reads are over', () => {
    const { total } = emulator.calls();
    if (total !== count) [count, since] = [total, performance.now()];
    return total > 0 && performance.now() - since > quietMs;
  });
}

async function move(
  database: OpenedDatabase,
  emulated: EmulatedCloudflare,
  house: House,
  pools: readonly FleetPool[],
): Promise<Moved> {
  const heldAt = noteMoves(emulated, pools);
  const { emulator } = emulated;
  const before = emulator.calls();
  const sentBefore = emulator.exchanges.length;
  const waitedBefore = house.waitedForBudget();
  const numbers = pools.map(({ number }) => number);
  const committedAt = await moveAll(database.kysely, numbers, { epoch: 2, from: 'a', to: 'b' });
  await until('all names are acknowledged', () => areAcknowledged(database), 120_000, 100);
  const acknowledgedMs = performance.now() - committedAt;
  const after = emulator.calls();
  const kinds = Object.keys(after) as (keyof typeof after)[];
  return {
    calls: after.total - before.total,
    byKind: Object.fromEntries(
      kinds.map((kind) => [kind, after[kind] - before[kind]]).filter(([, count]) => count !== 0),
    ),
    publishedMs: pools.map(({ name }) => instantOf(heldAt, name) - committedAt),
    acknowledgedMs,
    waitedForBudget: house.waitedForBudget() - waitedBefore,
    largestBatch: Math.max(0, ...emulator.exchanges.slice(sentBefore).map(operationsIn)),
    complaints: house.complaints,
  };
}

/** When each name came to its new address. */
export function noteMoves({ onChange }: EmulatedCloudflare, pools: readonly FleetPool[]): ReadonlyMap<string, number> {
  const wanted = new Map<string, string>(pools.map(({ name, number }) => [name, addressOf('b', number)]));
  const heldAt = new Map<string, number>();
  onChange((name, held) => {
    if (held.length === 1 && held[0] === wanted.get(name) && !heldAt.has(name)) heldAt.set(name, performance.now());
  });
  return heldAt;
}

/** Every name is acknowledged under its second epoch. Asked beside the names' own queries, not behind them. */
async function areAcknowledged({ vital }: OpenedDatabase): Promise<boolean> {
  const behind = vital.selectFrom('dns_binding').select('id').where('published_epoch', '<', 2).limit(1);
  try {
    return (await behind.executeTakeFirst()) === undefined;
  } catch (error) {
    if (isAppError(error, 'database_unavailable')) return false; // too busy to say
    throw error;
  }
}

/** Throws for a name that never came there. */
export function instantOf(heldAt: ReadonlyMap<string, number>, name: string): number {
  const at = heldAt.get(name);
  if (at === undefined) throw new Error(`${name} was acknowledged, but the zone never held its new address.`);
  return at;
}

function operationsIn({ path, body }: { readonly path: string; readonly body: string }): number {
  if (!path.endsWith('/batch')) return 0;
  const lists = Object.values(JSON.parse(body) as Readonly<Record<string, readonly unknown[]>>);
  return lists.reduce((sum, list) => sum + list.length, 0);
}
