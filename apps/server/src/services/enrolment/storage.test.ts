import type { MemberId } from '@serverctl/core';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { replaceEnrolment } from '../../db/repositories/enrolment.ts';
import { lockMember, retireMember } from '../../db/repositories/members.ts';
import { quarantineMember } from '../../db/repositories/quarantine.ts';
import { type TestDatabase, testDatabase } from '../../db/testing.ts';
import { addMember } from '../../liveness/testing/beats.ts';
import { newId, systemRandom } from '../../platform/random.ts';
import { inTransaction } from '../transaction.ts';
import { describeEnrolmentStore, type EnrolmentsUnderTest } from './enrolment-store-suite.ts';
import { createEnrolmentStore } from './storage.ts';

describeEnrolmentStore('PostgreSQL', async () => underTest(await testDatabase()));

function underTest(database: TestDatabase): EnrolmentsUnderTest {
  const db = database.kysely;
  return {
    store: createEnrolmentStore(db),
    async addMember(hostname) {
      const id = (await addMember(database)) as MemberId;
      await db.updateTable('member').set({ hostname }).where('id', '=', id).execute();
      return id;
    },
    removeMember: (id) =>
      inTransaction(db, async (trx) => {
        await lockMember(trx, id);
        await retireMember(trx, id);
      }),
    issueSecret: (memberId, hash, expired = false) =>
      inTransaction(db, async (trx) => {
        await lockMember(trx, memberId);
        const minutes = expired ? -1 : 15;
        await replaceEnrolment(trx, { id: newId(systemRandom), memberId, secretHash: Buffer.from(hash), minutes });
      }),
    async keysOf(id) {
      const keys = db.selectFrom('member_key').select('public_key').where('member_id', '=', id);
      return (await keys.where('revoked_at', 'is', null).execute()).map(({ public_key }) => public_key);
    },
    quarantine: async (id) => void (await inTransaction(db, (trx) => quarantineMember(trx, id, 'two-runs'))),
    async isQuarantined(id) {
      const { rows } = await sql`SELECT 1 FROM member WHERE id = ${id} AND quarantined_at IS NOT NULL`.execute(db);
      return rows.length > 0;
    },
    close: () => database.close(),
  };
}

test('an enrolment that ends a quarantine says so in the audit log (I17), and to the channels as the page’s recovery', async () => {
  const database = await testDatabase();
  const under = underTest(database);
  const id = await under.addMember('audited.example.com');
  const [peer, agentVersion, requestId] = ['198.51.100.7', '0.1.0', 'req-1'];
  const enrolOnce = async (secretHash: Uint8Array, keyId: string) => {
    await under.issueSecret(id, secretHash);
    const publicKey = new Uint8Array(32);
    await under.store.use({ secretHash, keyId, publicKey, peer, agentVersion, requestId }, () => null);
  };
  const actions = async () =>
    (await database.kysely.selectFrom('audit_entry').select('action').orderBy('seq').execute()).map(
      ({ action }) => action,
    );
  const cleared = database.kysely.selectFrom('event').where('kind', '=', 'member.quarantine-cleared');
  const told = () => cleared.select(['severity', 'member_id', 'sentence']).execute();
  await enrolOnce(new Uint8Array(32).fill(1), 'k1');
  expect(await actions()).toEqual(['member.enrol']);
  expect(await told()).toEqual([]);
  await under.quarantine(id);
  await enrolOnce(new Uint8Array(32).fill(2), 'k2');
  expect(await actions()).toEqual(['member.enrol', 'member.quarantine', 'member.enrol', 'member.clear-quarantine']);
  expect(await told()).toEqual([
    { severity: 'info', member_id: id, sentence: expect.stringContaining('audited.example.com is over') },
  ]);
  await database.close();
});
