import type { MemberId } from '@serverctl/core';
import { expect, test, vi } from 'vitest';
import { testDatabase } from './db/testing.ts';
import { addMember } from './liveness/testing/beats.ts';
import { type Frame, quarantining } from './parts.ts';
import type { Notice } from './worker/ports.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 5, timeout: 20_000 };

test('a suspected clone is quarantined and its page goes out; a write that fails is tried with the next suspicion (R35)', async () => {
  const database = await testDatabase();
  const db = database.kysely;
  const memberId = (await addMember(database)) as MemberId;
  const notices: Notice[] = [];
  const log = { warn: vi.fn() };
  const frame = { log } as unknown as Frame;
  const suspect = quarantining(frame, { db, notifier: { notify: (notice) => void notices.push(notice) } });
  const clone = { memberId, boot: 1, seqs: [500, 20] as const };
  await db.schema.alterTable('member').renameTo('member_away').execute();
  suspect(clone);
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(2), patience);
  await db.schema.alterTable('member_away').renameTo('member').execute();
  expect(notices).toEqual([]);
  suspect(clone);
  await vi.waitFor(() => expect(notices).toHaveLength(1), patience);
  expect(notices).toMatchObject([{ kind: 'member.quarantined', severity: 'critical', memberId, logged: true }]);
  const events = await db.selectFrom('event').select('kind').where('kind', '=', 'member.quarantined').execute();
  expect(events).toHaveLength(1);
  await database.close();
});
