import type { ProviderKind } from '@serverctl/contract';
import {
  type BindingId,
  type DnsName,
  formatMark,
  hourMs,
  type InstanceId,
  type Ipv4,
  type PoolId,
  type PromotionId,
} from '@serverctl/core';
import { id } from '@serverctl/testkit';
import type { OpenDatabase } from '../../apps/server/src/db/connection.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';

/*
 * Pools as a person would have made them, put into the database at once: each has one name and three members, `a`, `b` and `c`, whose keys
 * were enrolled an hour ago. `a` is active.
 */

export type Kysely = OpenDatabase['kysely'];
/** One member of each pool. */
export type Letter = 'a' | 'b' | 'c';
const letters: readonly Letter[] = ['a', 'b', 'c'];

/** Whose marks the benchmark's records bear. */
export const instance = 'benchbench00' as InstanceId;

/** One pool and its name. */
export interface FleetPool {
  /** From 1; names the pool, its members and its name in the database. */
  readonly number: number;
  readonly name: DnsName;
  readonly zone: DnsName;
  readonly credentialId: string;
}

/** A credential's row; `secret` is sealed already. */
export interface FleetCredential {
  readonly id: string;
  readonly provider: ProviderKind;
  readonly settings: object;
  readonly secret: Buffer;
}

export const poolIdOf = (number: number): PoolId => id('p', number);
export const bindingIdOf = (number: number): BindingId => id('n', number);
const memberIdOf = (letter: Letter, number: number): string => id(letter, number);

/** Of 198.18.0.0/15, which is there for benchmarks (RFC 2544); the letters lie apart in it. */
export function addressOf(letter: Letter, number: number): Ipv4 {
  const net = letters.indexOf(letter) * 64 + Math.floor(number / 250);
  return `198.18.${net}.${(number % 250) + 1}` as Ipv4;
}

/** What the mark of a name says after the first publish. */
export function firstMarkOf(number: number): string {
  return formatMark({ instance, pool: poolIdOf(number), epoch: 1, promotion: promotionIdOf(number, 1) });
}

const promotionIdOf = (number: number, epoch: number): PromotionId => id(`e${epoch}x`, number);

/** `published`: the names bear their first epoch already, at the provider too. */
export async function furnish(
  kysely: Kysely,
  pools: readonly FleetPool[],
  credentials: readonly FleetCredential[],
  published: boolean,
): Promise<void> {
  const numbers = pools.map(({ number }) => number);
  await kysely.transaction().execute(async (trx) => {
    await trx
      .insertInto('dns_credential')
      .values(credentials.map((one) => ({ ...one, name: one.id, settings: JSON.stringify(one.settings) })))
      .execute();
    await trx.insertInto('pool').values(numbers.map(poolRow)).execute();
    for (const letter of letters) {
      await trx
        .insertInto('member')
        .values(numbers.map((number) => memberRow(letter, number)))
        .execute();
      await trx
        .insertInto('member_key')
        .values(numbers.map((number) => keyRow(letter, number)))
        .execute();
    }
    await trx
      .insertInto('dns_binding')
      .values(pools.map((pool) => bindingRow(pool, published)))
      .execute();
    await promoteWithin(trx, numbers, { epoch: 1, from: null, to: 'a' });
  });
}

/** One move of many pools: from which epoch's member to which. */
export interface Move {
  readonly epoch: number;
  readonly from: Letter | null;
  readonly to: Letter;
}

/** A switchover of them all in one transaction. Returns the instant of its commit, on `performance.now()`. */
export async function moveAll(kysely: Kysely, numbers: readonly number[], move: Move): Promise<number> {
  return kysely.transaction().execute(async (trx) => {
    await promoteWithin(trx, numbers, move);
    return performance.now();
  });
}

async function promoteWithin(trx: Kysely, numbers: readonly number[], { epoch, from: before, to }: Move) {
  const rows = numbers.map((number) => ({
    id: promotionIdOf(number, epoch),
    pool_id: poolIdOf(number),
    epoch,
    kind: epoch === 1 ? 'first-publish' : 'switchover',
    cause: epoch === 1 ? 'first-publish' : 'switchover',
    from_member_id: before === null ? null : memberIdOf(before, number),
    to_member_id: memberIdOf(to, number),
    address: addressOf(to, number),
    address6: null,
    sentence: 'Moved by the benchmark.',
    actor: 'bench',
    reason: null,
    last_heartbeat_at: null,
    detected_at: null,
  }));
  await trx.insertInto('promotion').values(rows).execute();
  await trx
    .updateTable('pool')
    .set((eb) => ({ epoch, active_member_id: eb.fn<string>('replace', ['id', eb.val('p'), eb.val(to)]) }))
    .where('id', 'in', numbers.map(poolIdOf))
    .execute();
}

const poolRow = (number: number) => ({
  id: poolIdOf(number),
  name: `pool-${number}`,
  preset: 'haproxy',
  failover_delay_ms: 30_000,
  haproxy_grace_ms: 0,
  automatic_failover: true,
  failback: JSON.stringify({ policy: 'manual', afterMinutes: 5, window: null }),
});

const memberRow = (letter: Letter, number: number) => ({
  id: memberIdOf(letter, number),
  pool_id: poolIdOf(number),
  hostname: `${letter}${number}.example.com`,
  allowed_egress: [addressOf(letter, number)],
  public_ipv4: addressOf(letter, number),
  template: 'haproxy-balancer',
  monitored: true,
  units: ['haproxy.service'],
  priority: 100,
});

const keyRow = (letter: Letter, number: number) => ({
  id: id<string>(`k${letter}`, number),
  member_id: memberIdOf(letter, number),
  public_key: Buffer.alloc(32),
  enrolled_at: new Date(systemClock.wallTime().getTime() - hourMs),
});

const bindingRow = ({ number, name, zone, credentialId }: FleetPool, published: boolean) => ({
  id: bindingIdOf(number),
  pool_id: poolIdOf(number),
  name,
  zone,
  ttl_seconds: 60,
  proxied: null,
  credential_id: credentialId,
  published_epoch: published ? 1 : 0,
  published_address: published ? addressOf('a', number) : null,
});
