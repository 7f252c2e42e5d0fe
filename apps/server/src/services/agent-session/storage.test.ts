import type { MemberId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { replaceKey } from '../../db/repositories/member-keys.ts';
import { retireMember } from '../../db/repositories/members.ts';
import { clearQuarantine } from '../../db/repositories/quarantine.ts';
import { type TestDatabase, testDatabase } from '../../db/testing.ts';
import { createBeatStore } from '../../liveness/store-beats.ts';
import { addMember, beatOf } from '../../liveness/testing/beats.ts';
import { newId, systemRandom } from '../../platform/random.ts';
import { inTransaction } from '../transaction.ts';
import { describeKeyStore, type KeysUnderTest } from './key-store-suite.ts';
import { createKeyStore, createRegisteredMembers, quarantineForBeats } from './storage.ts';

describeKeyStore('PostgreSQL', async () => underTest(await testDatabase()));

function underTest(database: TestDatabase): KeysUnderTest {
  const db = database.kysely;
  const replace = (memberId: MemberId, publicKey: Uint8Array) =>
    inTransaction(db, (trx) => replaceKey(trx, { id: newId(systemRandom), memberId, publicKey }));
  return {
    keys: createKeyStore(db),
    members: createRegisteredMembers(db, database.listen),
    async addEnrolled(hostname) {
      const id = (await addMember(database)) as MemberId;
      await db.updateTable('member').set({ hostname }).where('id', '=', id).execute();
      await replace(id, systemRandom.bytes(32));
      return id;
    },
    replaceKey: replace,
    removeMember: (id) => inTransaction(db, (trx) => retireMember(trx, id)),
    async storeBeat(id, boot) {
      const beat = { beat: beatOf(id, boot, 1), heardAtMs: 0, reportJson: '{}', traffic: null };
      await createBeatStore(db).store({ listenerId: 'listener', watermarkMs: 0, beats: [beat], changed: false });
    },
    async isQuarantined(id) {
      const member = db.selectFrom('member').select('quarantined_at').where('id', '=', id);
      return (await member.executeTakeFirstOrThrow()).quarantined_at !== null;
    },
    clearQuarantine: async (id) => void (await inTransaction(db, (trx) => clearQuarantine(trx, id))),
    async quarantines(id) {
      const events = db.selectFrom('event').select('seq').where('kind', '=', 'member.quarantined');
      return (await events.where('member_id', '=', id).execute()).length;
    },
    close: () => database.close(),
  };
}

test('a quarantine is one audit entry and one critical event, and a second one nothing (I17)', async () => {
  const database = await testDatabase();
  const db = database.kysely;
  const memberId = (await addMember(database)) as MemberId;
  const hostname = `${memberId}.example.com`;
  const began = await Promise.all(Array.from({ length: 4 }, () => quarantineForBeats(db, memberId)));
  expect(began.filter(Boolean)).toHaveLength(1);
  const events = await db.selectFrom('event').selectAll().where('kind', '=', 'member.quarantined').execute();
  expect(events).toMatchObject([
    {
      severity: 'critical',
      member_id: memberId,
      sentence: expect.stringContaining(`Two hosts use the key of ${hostname}`),
      details: { reason: 'two-sequences' },
    },
  ]);
  const audited = await db.selectFrom('audit_entry').select(['action', 'target', 'actor']).execute();
  expect(audited).toEqual([{ action: 'member.quarantine', target: memberId, actor: 'system' }]);
  expect(await quarantineForBeats(db, 'nobody' as MemberId)).toBe(false);
  await database.close();
});
