import { sql } from 'kysely';
import { createFakeClock, type FakeClock } from '../../../../../../testkit/src/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../../../db/testing.ts';
import { systemRandom as random } from '../../../platform/random.ts';
import { createSecretBox } from '../../../platform/secrets.ts';
import type { AccountDeps } from '../deps.ts';
import { createPasswords, type Passwords } from '../passwords.ts';

/** What signing in works on: a real database, a clock that the test moves, real hashes. */
export interface AccountHouse extends AccountDeps {
  readonly database: TestDatabase;
  readonly clock: FakeClock;
  /** For the next test: no users, and audit entries and events count from here. */
  begin(): Promise<void>;
  /** Audit entries since then, oldest first; of one action where it is named. */
  audited(action?: string): Promise<readonly Audited[]>;
  /** Kinds and sentences of the events since then, oldest first. */
  events(): Promise<readonly { readonly kind: string; readonly sentence: string }[]>;
}

export interface Audited {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export async function openAccountHouse(passwords: Passwords = createPasswords()): Promise<AccountHouse> {
  const database = await testDatabase();
  const db = database.kysely;
  let [auditedBefore, toldBefore] = [0, 0];
  return {
    database,
    db,
    clock: createFakeClock(),
    random,
    secrets: createSecretBox(random.bytes(32)),
    passwords,
    async begin() {
      await db.deleteFrom('user').execute();
      const { rows } = await sql<{ audit: number; event: number }>`
        SELECT (SELECT coalesce(max(seq), 0) FROM audit_entry) AS audit, (SELECT coalesce(max(seq), 0) FROM event) AS event
      `.execute(db);
      [auditedBefore, toldBefore] = [rows[0]?.audit ?? 0, rows[0]?.event ?? 0];
    },
    async audited(action) {
      const { rows } = await sql<Audited>`
        SELECT actor, action, target, details FROM audit_entry
        WHERE seq > ${auditedBefore} AND (${action ?? null}::text IS NULL OR action = ${action ?? null}) ORDER BY seq`.execute(
        db,
      );
      return rows;
    },
    events: () =>
      db.selectFrom('event').select(['kind', 'sentence']).where('seq', '>', toldBefore).orderBy('seq').execute(),
  };
}
