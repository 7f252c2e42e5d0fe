import pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import { translateDatabaseError } from './pg-errors.ts';
import type { EngineLog } from './postmaster.ts';

/**
 * `payload` is null when listening began or began again: something may have been missed, read. Each subscriber is told so once at first,
 * never before `listen` returned. Callbacks must not throw.
 */
export type Listen = (channel: string, callback: Callback) => () => void;
type Callback = (payload: string | null) => void;

export interface Listener {
  readonly listen: Listen;
  close(): Promise<void>;
}

interface ListenerOptions {
  readonly open: () => pg.Client;
  readonly clock: Clock;
  readonly log: Pick<EngineLog, 'warn'>;
}

const shortestBackOffMs = 100;
const longestBackOffMs = 2_000;
const proofEveryMs = 5_000;

/*
 * One connection of its own for all channels, opened with the first subscription.
 *
 *   idle ──first listen──→ connecting ──ok: LISTEN all, tell all──→ listening ──lost, or silent to a proof──→ back-off ──→ connecting
 *
 * A dead peer says nothing, and neither does a quiet channel: so every 5 s the connection proves itself by a query.
 */
export function createListener({ open, clock, log }: ListenerOptions): Listener {
  const channels = new Map<string, Set<Callback>>();
  const closing = new AbortController();
  let client: pg.Client | null = null;
  let running: Promise<void> | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    listen(channel, callback) {
      const callbacks = channels.get(channel) ?? new Set<Callback>();
      channels.set(channel, callbacks.add(callback));
      running ??= run();
      if (client !== null) void startListening(client, channel, new Set([callback])).catch(() => client?.end());
      return () => callbacks.delete(callback);
    },
    async close() {
      closing.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };

  async function run(): Promise<void> {
    let backOffMs = shortestBackOffMs;
    while (!closing.signal.aborted) {
      const connected = await listenUntilLost();
      backOffMs = connected ? shortestBackOffMs : Math.min(longestBackOffMs, backOffMs * 2);
      await clock.sleep(backOffMs, closing.signal);
    }
  }

  /** Returns when the connection is gone; true when it had been made. */
  async function listenUntilLost(): Promise<boolean> {
    const lost = new AbortController();
    const connection = open();
    connection.on('error', () => lost.abort());
    connection.on('end', () => lost.abort());
    connection.on('notification', ({ channel, payload }) => tell(channel, payload ?? ''));
    let connected = false;
    try {
      await connection.connect();
      client = connection;
      for (const [channel, callbacks] of channels) await startListening(connection, channel, callbacks);
      connected = true;
      while (!lost.signal.aborted && !closing.signal.aborted) {
        await clock.sleep(proofEveryMs, lost.signal);
        if (!lost.signal.aborted) await inTurn(() => connection.query('SELECT 1'));
      }
    } catch (error) {
      if (!closing.signal.aborted) log.warn({ error: translateDatabaseError(error) }, 'change notices are interrupted');
    } finally {
      client = null;
      void connection.end().catch(() => undefined);
    }
    return connected;
  }

  async function startListening(
    connection: pg.Client,
    channel: string,
    callbacks: ReadonlySet<Callback>,
  ): Promise<void> {
    await connection.query(`LISTEN ${pg.escapeIdentifier(channel)}`); // a second one for the same channel changes nothing
    const present = channels.get(channel);
    for (const callback of callbacks) if (present?.has(callback)) callback(null);
  }

  /** A connection carries out one query at a time. */
  function inTurn(query: () => Promise<unknown>): Promise<unknown> {
    turn = turn.then(query, query);
    return turn;
  }

  function tell(channel: string, payload: string): void {
    for (const callback of channels.get(channel) ?? []) callback(payload);
  }
}
