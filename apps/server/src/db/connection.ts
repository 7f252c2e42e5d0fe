import { AppError } from '@serverctl/core';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import type { EmbeddedConnection } from './embedded.ts';
import { createListener, type Listen } from './listener.ts';
import { translateDatabaseError } from './pg-errors.ts';
import type { EngineLog } from './postmaster.ts';
import type { Database } from './schema.ts';

export interface OpenDatabase {
  readonly kysely: Kysely<Database>;
  /**
   * The same tables over a few connections of their own, where a statement has 1 s: for the heartbeats' writes and the lease, which must
   * neither wait behind other queries nor hang on a server that is gone without a word (R2, R15). Each of them is tried again.
   */
  readonly vital: Kysely<Database>;
  /** Calls back for each NOTIFY on the channel, and once after each (re)connection, since notices may have been missed. Returns the unsubscriber. */
  readonly listen: Listen;
  /** Ends all connections; queries fail from here on. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The embedded database's, or `{ connectionString: DATABASE_URL }`. */
  readonly connection: EmbeddedConnection | { readonly connectionString: string };
  readonly clock: Clock;
  readonly log: Pick<EngineLog, 'warn'>;
  readonly maxConnections?: number;
}

const connectTimeoutMs = 3_000;
const statementTimeoutMs = 10_000;
const vitalTimeoutMs = 1_000;
/** The beats, the addresses they report, the lease. */
const vitalConnections = 3;
const keepAliveAfterMs = 5_000;
/**
 * Said by each session itself, so that no `ALTER DATABASE` or `ALTER ROLE … SET search_path` puts a function of somebody's before PostgreSQL's
 * own: what is not named here, pg_catalog, comes first. A `DATABASE_URL` with `options` of its own has those instead.
 */
const sessionOptions = '-c search_path=public';

/** Opens lazily: connects with the first query. Every failure that means "does not answer" is `database_unavailable`. */
export function openDatabase({ connection, clock, log, maxConnections = 10 }: OpenOptions): OpenDatabase {
  const common: pg.PoolConfig = {
    ...connection,
    options: sessionOptions,
    application_name: 'serverctl',
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    types: { getTypeParser },
  };
  const config: pg.PoolConfig = {
    ...common,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // On our side, for a server that is gone without a word: a little later than its own.
    query_timeout: statementTimeoutMs + 2_000,
  };
  const vitalConfig: pg.PoolConfig = {
    ...common,
    connectionTimeoutMillis: vitalTimeoutMs,
    statement_timeout: vitalTimeoutMs,
    // Whoever stands still in the middle of one holds nobody up for longer either (R2).
    idle_in_transaction_session_timeout: vitalTimeoutMs,
    query_timeout: vitalTimeoutMs + 500,
  };
  const usual = openPool({ ...config, max: maxConnections }, log);
  const vital = openPool({ ...vitalConfig, max: vitalConnections }, log);
  const listener = createListener({ open: () => new pg.Client(config), clock, log });
  return {
    kysely: usual.kysely,
    vital: vital.kysely,
    listen: listener.listen,
    async close() {
      await listener.close();
      await Promise.all([usual.pool.end(), vital.pool.end()]);
    },
  };
}

function openPool(config: pg.PoolConfig, log: OpenOptions['log']): { pool: pg.Pool; kysely: Kysely<Database> } {
  const pool = new pg.Pool(config);
  pool.on('error', (error) => {
    // end() does not wait for the server's side, which may stop in the same moment.
    if (!pool.ending) log.warn({ error }, 'an idle database connection was lost');
  });
  // A connection lost while it is in use also says so as an event, which nobody else hears then: unheard it would end this process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return { pool, kysely: new Kysely<Database>({ dialect: new PostgresDialect({ pool: translatingPool(pool) }) }) };
}

const int8 = 20;
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === int8 ? parseInt8 : pg.types.getTypeParser(oid, format as 'text');

/** Ours stay below 2^53 (schema.ts); one that does not must not be rounded silently. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`);
  return value;
}

/** Of several statements in one message the last one's result is what was asked for. */
function lastOf(result: pg.QueryResult | readonly pg.QueryResult[]): pg.QueryResult | undefined {
  return Array.isArray(result) ? result.at(-1) : (result as pg.QueryResult);
}

/** Kysely's view of the pool, with errors translated at the border. Kysely knows connections by identity, so each client keeps its wrapper. */
function translatingPool(pool: pg.Pool) {
  const wrappers = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const wrap = (client: pg.PoolClient): PostgresPoolClient => {
    const known = wrappers.get(client);
    if (known !== undefined) return known;
    // A client that did not answer once is not used again: its server may be going, and nobody knows what is still on the wire.
    let broken = false;
    const query = (sql: string, parameters: unknown[]) =>
      client.query(sql, parameters).then(lastOf, (error: unknown) => {
        const translated = translateDatabaseError(error);
        broken ||= translated instanceof AppError;
        throw translated;
      });
    const wrapper: PostgresPoolClient = {
      query: query as unknown as PostgresPoolClient['query'], // cursors, the other overload, are not used
      release: (discard?: boolean) => client.release(discard || broken),
    };
    wrappers.set(client, wrapper);
    return wrapper;
  };
  return {
    options: {},
    connect: () =>
      pool.connect().then(wrap, (error: unknown) => {
        throw translateDatabaseError(error);
      }),
    end: () => pool.end(),
  };
}
