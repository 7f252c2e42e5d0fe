import { type Kysely, sql, type Transaction } from 'kysely';
import { type AuditInput, writeAudit } from '../../../db/repositories/audit.ts';
import type { Database } from '../../../db/schema.ts';
import { type TestDatabase, testDatabase } from '../../../db/testing.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import { createSecretBox } from '../../../platform/secrets.ts';
import type { Notice } from '../../../worker/ports.ts';
import { createChain } from '../chain.ts';
import { createSealer } from '../sealer.ts';
import { verifyAudit } from '../verify.ts';

/** An audit log on a real database, with as many sealers beside it as are started. */
export interface LogHouse {
  readonly database: TestDatabase;
  readonly notices: readonly Notice[];
  readonly logged: readonly string[];
  write(entry?: Partial<AuditInput>): Promise<number>;
  /** Like `write`, in a transaction of the caller's. */
  writeIn(trx: Transaction<Database>, entry?: Partial<AuditInput>): Promise<number>;
  /** Starts a sealer; the returned function ends it. */
  seal(masterKey?: Buffer): () => Promise<void>;
  /** So much more time has passed for every sealer; nothing waits for it. */
  pass(ms: number): void;
  /** Resolves when every entry is sealed. */
  sealed(): Promise<void>;
  verify(options?: { expect?: string; masterKey?: Buffer }): ReturnType<typeof verifyAudit>;
  /** As a superuser does it who has put the triggers out of the way. */
  tamper(...statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const rightKey = Buffer.alloc(32, 7);
export const otherKey = Buffer.alloc(32, 8);
const never = new AbortController().signal;

export async function openLogHouse(): Promise<LogHouse> {
  const database = await testDatabase();
  const db = database.kysely;
  const notices: Notice[] = [];
  const logged: string[] = [];
  const running = new Set<() => Promise<void>>();
  let passedMs = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + passedMs };
  const log = { info: noted, warn: noted, error: noted };
  const house: LogHouse = {
    database,
    notices,
    logged,
    write: (entry) => db.transaction().execute((trx) => house.writeIn(trx, entry)),
    writeIn: (trx, entry = {}) =>
      writeAudit(trx, { actor: 'user:a@example.com', action: 'pool.change', target: 'p', ...entry }),
    seal(masterKey = rightKey) {
      const stopping = new AbortController();
      const chain = createChain(createSecretBox(masterKey));
      const notifier = { notify: (notice: Notice) => void notices.push(notice) };
      const sealer = createSealer({ db, listen: database.listen, clock, chain, notifier, log });
      const ended = sealer.run(stopping.signal);
      const stop = async () => {
        running.delete(stop);
        stopping.abort();
        await ended;
      };
      running.add(stop);
      return stop;
    },
    pass(ms) {
      passedMs += ms;
    },
    async sealed() {
      while ((await unsealed(db)) > 0) await clock.sleep(20);
    },
    verify: ({ expect, masterKey = rightKey } = {}) =>
      verifyAudit({ db, clock, secrets: createSecretBox(masterKey) }, expect === undefined ? {} : { expect }, never),
    tamper: (...statements) =>
      db.transaction().execute(async (trx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(trx);
        for (const statement of statements) await sql.raw(statement).execute(trx);
      }),
    async close() {
      await Promise.all([...running].map((stop) => stop()));
      await database.close();
    },
  };
  return house;

  function noted(_fields: object, message: string): void {
    logged.push(message);
  }
}

async function unsealed(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM audit_entry AS e WHERE NOT EXISTS (SELECT FROM audit_seal AS s WHERE s.seq = e.seq)`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
