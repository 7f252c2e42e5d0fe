import type { BindingId } from '@serverctl/core';
import type { Listener, ListenerOptions } from '../../../apps/server/src/liveness/listener.ts';
import type { Random } from '../../../apps/server/src/platform/random.ts';
import type { AgentSessionDeps } from '../../../apps/server/src/services/agent-session/agent-sessions.ts';
import type { EnrolmentStore } from '../../../apps/server/src/services/enrolment/ports.ts';
import type { LeaseRow } from '../../../apps/server/src/worker/lease.ts';
import type { Liveness, Notifier, PoolStore, WorkerLog } from '../../../apps/server/src/worker/ports.ts';
import type { DatabaseClient } from './database.ts';
import type { Events } from './events.ts';
import type { DnsCall, PromotedBy } from './observer.ts';
import type { PoolsReading } from './pools-reading.ts';
import type { Storage } from './storage.ts';
import type { WorldClock } from './world-clock.ts';

/** The ports of one process, each call a statement or a transaction over its way to the database. */
export interface ReplicaPorts {
  readonly store: PoolStore;
  readonly liveness: (own: Listener) => Liveness;
  readonly leaseRow: LeaseRow;
  readonly onRelease: (wake: () => void) => () => void;
  readonly listener: Pick<ListenerOptions, 'beats' | 'addresses' | 'onFlushAsked' | 'onStorage' | 'onClone'>;
  readonly sessions: Pick<AgentSessionDeps, 'keys' | 'members'>;
  readonly notifier: Notifier;
  readonly log: WorkerLog;
  readonly enrolments: EnrolmentStore;
}

export interface PortParts {
  readonly name: string;
  readonly storage: Storage;
  readonly database: DatabaseClient;
  readonly events: Events;
  readonly random: Random;
  readonly clock: WorldClock;
  /** What this process was last told that each name shall answer. */
  readonly wishes: Map<BindingId, NonNullable<DnsCall['wish']>>;
  readonly reading: PoolsReading;
}

export function replicaPorts(parts: PortParts): ReplicaPorts {
  const { name, storage, database, events } = parts;
  const { liveness, lease, agents } = storage;
  const log = logOf(parts);
  return {
    store: storeOf(parts),
    log,
    notifier: {
      notify(notice) {
        events.tell('onNotice', [notice.kind, notice.sentence], notice, name);
        // As if it were stored at once: what a notice waits for is not what is simulated here.
        storage.house.events.push(notice);
      },
    },
    liveness: (own) => ({
      news: (cursor) => database.call('usual', async () => liveness.news(cursor)),
      flush: async () => {
        const asked = database.call('usual', async () => storage.database.notify('flush_wanted'));
        await Promise.all([asked, own.flush()]);
      },
      onChange: (wake) => database.listen('liveness', wake),
    }),
    leaseRow: {
      acquire: (holder, unrenewed) => database.call('vital', () => lease.acquire(holder, unrenewed)),
      renew: (fence) => database.call('vital', () => lease.renew(fence)),
      release: (fence) => database.call('vital', () => lease.release(fence)),
    },
    onRelease: (wake) => database.listen('lease_released', wake),
    listener: {
      beats: { store: (batch) => database.call('vital', () => liveness.store(batch)) },
      addresses: {
        write: (listenerId, type, reports) => database.call('vital', () => liveness.write(listenerId, type, reports)),
      },
      onFlushAsked: (flush) => database.listen('flush_wanted', flush),
      onStorage: (error) => void (error === null ? log.info({}, 'stored') : log.error({ err: error }, 'not stored')),
      onClone: ({ memberId }) =>
        void database.transact('usual', async () => agents.quarantine(memberId)).catch(() => undefined),
    },
    sessions: {
      keys: {
        currentKey: (memberId, lane) => database.call('usual', () => agents.currentKey(memberId, lane)),
        startBoot: (key, superseded) => database.transact('usual', () => agents.startBoot(key, superseded)),
        raiseBoot: (memberId, boot) => database.transact('usual', () => agents.raiseBoot(memberId, boot)),
      },
      members: {
        read: () => database.call('usual', async () => agents.readMembers()),
        onChange: (wake) => database.listen('pool_change', wake),
      },
    },
    enrolments: {
      use: (use, judge) => database.transact('usual', () => agents.use(use, judge)),
      noteRefusal: (open, refusal) => database.transact('usual', () => agents.noteRefusal(open, refusal)),
    },
  };
}

function storeOf({ name, storage, database, events, clock, wishes, reading }: PortParts): PoolStore {
  const table = () => storage.store;
  const transaction = <T>(run: () => Promise<T>) => database.transact('usual', run);
  return {
    pools: () => reading.rows(database.call('usual', () => table().pools())),
    onChange: (wake) => database.listen('pool_change', wake),
    promote(promotion, fence) {
      const by = { replica: name, fence, calledAt: clock.now() };
      return transaction(() => promote(by, () => table().promote(promotion, fence)));
    },
    hold: (poolId, expectedEpoch, sentence, fence) =>
      transaction(async () => {
        const wasHeld = storage.house.pools.get(poolId)?.held;
        await table().hold(poolId, expectedEpoch, sentence, fence);
        if (wasHeld === false && storage.house.pools.get(poolId)?.held === true)
          events.tell('onHeld', [poolId, name], poolId, name);
      }),
    pause: (poolId, pause, fence) =>
      transaction(async () => {
        const isLatched = await table().pause(poolId, pause, fence);
        if (isLatched) events.tell('onPaused', [poolId, pause.because, name], poolId, pause, name);
        return isLatched;
      }),
    endMaintenance: (over, fence) => transaction(() => table().endMaintenance(over, fence)),
    brakesReleasedForMs: () => reading.beside(database.call('usual', () => table().brakesReleasedForMs())),
    async recordDecisions(decisions) {
      await database.call('usual', () => table().recordDecisions(decisions));
      for (const one of decisions) events.tell('onDecision', [one.poolId, one.sentence, name], one, name);
    },
    async desired(bindingId) {
      let readAt = 0;
      const wish = await database.call('usual', () => {
        readAt = clock.now();
        return table().desired(bindingId);
      });
      wishes.set(bindingId, { readAt, answeredAt: clock.now() });
      return wish;
    },
    recordPublication: (update) =>
      transaction(async () => {
        const leftMs = await table().recordPublication(update);
        events.tell('onPublication', [update.bindingId, update.state, update.epoch, name], update, name);
        return leftMs;
      }),
    storeStatus(rows) {
      events.tell('onStatuses', [rows.length, name], rows, name);
      return database.call('usual', () => table().storeStatus(rows));
    },
    openTroubles: () => database.call('usual', () => table().openTroubles()),
  };

  async function promote(by: PromotedBy, commit: () => Promise<number>): Promise<number> {
    const epoch = await commit();
    const kept = storage.house.promotions.at(-1);
    if (kept !== undefined) events.tell('onPromotion', [kept.poolId, kept.epoch, kept.to, kept.cause, name], kept, by);
    return epoch;
  }
}

function logOf({ name, events }: PortParts): WorkerLog {
  const keep = (level: 'warn' | 'error') => (fields: object, message: string) => {
    const error = 'err' in fields ? fields.err : null;
    events.tell('onLog', [name, level, message], { replica: name, level, message, error });
  };
  return { info: () => {}, warn: keep('warn'), error: keep('error') };
}
