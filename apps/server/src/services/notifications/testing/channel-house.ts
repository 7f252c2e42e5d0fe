import type { EventSeverity } from '@serverctl/core';
import { sql } from 'kysely';
import { insertChannel } from '../../../db/repositories/channels.ts';
import { type EventInput, writeEvent } from '../../../db/repositories/events.ts';
import { silentLog, type TestDatabase, testDatabase } from '../../../db/testing.ts';
import { systemClock as clock } from '../../../platform/clock.ts';
import { newId, systemRandom as random } from '../../../platform/random.ts';
import { createSecretBox } from '../../../platform/secrets.ts';
import { createOutbound } from '../../outbound.ts';
import { openRunbooks } from '../../runbooks.ts';
import { type ChannelSecret, sealChannel } from '../channel-secret.ts';
import { carryDeliveries, type DeliveryPorts } from '../delivery-loop.ts';
import { signingSecretOf } from '../send-webhook.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
export const patience = { interval: 10, timeout: 20_000 };
export const signingSecret = signingSecretOf(new Uint8Array(32).fill(7));

/** A pool `edge` with a member `lb1.example.com`, channels, and the loop that carries what is due to them, on a real database. */
export interface ChannelHouse {
  readonly database: TestDatabase;
  readonly ports: DeliveryPorts;
  addChannel(secret: ChannelSecret, choice?: Partial<Choice>): Promise<string>;
  tell(event: EventInput): Promise<number>;
  /** [kind, channel] of everything that is due or was, in its order. */
  told(): Promise<readonly (readonly [string, string])[]>;
  /** What waits for its time in this channel is due now, as if nothing had been answered yet. */
  hurry(channelId: string): Promise<void>;
  /** Carries in as many replicas until the returned function is called. */
  carry(replicas?: number): () => Promise<void>;
  close(): Promise<void>;
}

export interface Choice {
  readonly name: string;
  readonly leastSeverity: EventSeverity;
  readonly kinds: string[] | null;
  readonly poolIds: string[] | null;
}

export const poolId = 'p00000000001';
export const memberId = 'm00000000001';

/** `allowed`: ports on loopback, under the name hooks.example.com. */
export async function openChannelHouse(allowed: readonly number[] = []): Promise<ChannelHouse> {
  const database = await testDatabase();
  const db = database.kysely;
  await sql`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback)
    VALUES (${poolId}, 'edge', 'generic', 30000, 0, '{}')`.execute(db);
  await sql`INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority)
    VALUES (${memberId}, ${poolId}, 'lb1.example.com', '{192.0.2.1}', 'linux-server', false, '{haproxy.service}', 100)`.execute(
    db,
  );
  const secrets = createSecretBox(random.bytes(32));
  const outbound = createOutbound({
    clock,
    allowPrivate: allowed.map((port) => ({ host: 'hooks.example.com', port })),
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const onEvent = (wake: () => void) => database.listen('event', wake);
  const runbooks = openRunbooks({ publicUrl: 'https://plane.example.com' });
  const ports = { db, secrets, random, clock, outbound, runbooks, log: silentLog, onEvent };
  return {
    database,
    ports,
    async addChannel(secret, { name = 'c', leastSeverity = 'info', kinds = null, poolIds = null } = {}) {
      const id = newId<string>(random);
      await database.kysely.transaction().execute((trx) =>
        insertChannel(trx, {
          id,
          kind: secret.kind,
          name,
          origin: 'https://hooks.example.com',
          secret: sealChannel(secrets, id, 1, secret),
          version: 1,
          least_severity: leastSeverity,
          kinds,
          pool_ids: poolIds,
        }),
      );
      return id;
    },
    tell: (event) => db.transaction().execute((trx) => writeEvent(trx, event)),
    async told() {
      const rows = await db
        .selectFrom('notification_delivery as delivery')
        .innerJoin('notification_channel as channel', 'channel.id', 'delivery.channel_id')
        .select(['delivery.kind', 'channel.name'])
        .orderBy('delivery.created_at')
        .orderBy('channel.name')
        .execute();
      return rows.map(({ kind, name }) => [kind, name] as const);
    },
    async hurry(channelId) {
      await db
        .updateTable('notification_delivery')
        .set({ next_attempt_at: sql<Date>`clock_timestamp()`, answer: null })
        .where('channel_id', '=', channelId)
        .where('state', '=', 'pending')
        .execute();
      await sql`SELECT pg_notify('event', '')`.execute(db);
    },
    carry(replicas = 1) {
      const stop = new AbortController();
      const running = Array.from({ length: replicas }, () => carryDeliveries(ports, stop.signal));
      return async () => {
        stop.abort();
        await Promise.all(running);
      };
    },
    close: () => database.close(),
  };
}

/** A webhook behind hooks.example.com. */
export function webhookTo(url: string): ChannelSecret {
  return { kind: 'webhook', url, signingSecret };
}
