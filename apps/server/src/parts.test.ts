import type { MemberId } from '@serverctl/core';
import { expect, test, vi } from 'vitest';
import { testDatabase } from './db/testing.ts';
import { addMember } from './liveness/testing/beats.ts';
import { type Frame, quarantining } from './parts.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 5, timeout: 20_000 };

test('a suspected clone is quarantined and told; a write that fails is tried with the next suspicion (R35)', async () => {
  const database = await testDatabase();
  const db = database.kysely;
  const memberId = (await addMember(database)) as MemberId;
  const log = { warn: vi.fn() };
  const suspect = quarantining({ log, database } as unknown as Frame);
  const told = async () =>
    await db.selectFrom('event').select(['kind', 'severity', 'member_id']).where('kind', 'like', 'member.q%').execute();
  const clone = { memberId, boot: 1, seqs: [500, 20] as const };
  await db.schema.alterTable('member').renameTo('member_away').execute();
  suspect(clone);
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(2), patience);
  await db.schema.alterTable('member_away').renameTo('member').execute();
  expect(await told()).toEqual([]);
  suspect(clone);
  await vi.waitFor(async () => expect(await told()).toHaveLength(1), patience);
  expect(await told()).toEqual([{ kind: 'member.quarantined', severity: 'critical', member_id: memberId }]);
  await database.close();
});
