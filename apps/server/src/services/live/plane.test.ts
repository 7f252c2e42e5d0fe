import { createFakeClock } from '@serverctl/testkit';
import { expect, test } from 'vitest';
import type { HeardListening } from './picture.ts';
import { createPlaneWatch } from './plane.ts';
import { listening } from './testing/house.ts';

const clock = createFakeClock();
const fine = ['database', 'lease', 'flush'].map((name) => ({ name, ok: true, sentence: `${name} is well.` }));
const judgedNow = (change: Partial<typeof listening> = {}): HeardListening => ({
  listening: { ...listening, ...change },
  judgedAt: clock.wallTime(),
});
const led = { holder: 'one', term: 4, since: null };
const look = (heard: HeardListening | null, checks = fine, readMsAgo = 0) => {
  const picture = {
    turn: 1,
    atMs: 0,
    at: new Date(clock.wallTime().getTime() - readMsAgo).toISOString(),
    pools: new Map(),
    listening: heard,
    beatsJson: () => '{}',
  };
  const readiness = async () => ({ ready: true, checks });
  return createPlaneWatch({ clock, version: '1', readiness, leader: async () => led }).look(picture);
};

test('the bar says what the checks say, and whom the failover loop heard', async () => {
  expect(await look(judgedNow())).toMatchObject({
    version: '1',
    lease: { ok: true, sentence: 'lease is well.', leader: led },
    database: { ok: true, sentence: 'database is well.', answeredInMs: 0 },
    listening: { ok: true, sentence: '3 of 4 enrolled members heard in the last 3 s.' },
    members: { heard: 3, enrolled: 4 },
  });
});

test('it does not say that it listens when nobody could have been heard (R2)', async () => {
  expect((await look(judgedNow({ blindBecause: 'database', blindForMs: 12_000 }))).listening).toEqual({
    ok: false,
    sentence: 'Not for 12.0 s: the database does not take writes.',
  });
  const notStored = fine.map((check) => ({ ...check, ok: check.name !== 'flush' }));
  expect((await look(judgedNow(), notStored)).listening).toEqual({ ok: false, sentence: 'flush is well.' });
  const judgedAt = new Date(clock.wallTime().getTime() - 60_000);
  expect((await look({ listening, judgedAt })).listening).toMatchObject({ ok: false });
});

test('whom an old picture says to be heard is not said to be heard now', async () => {
  expect((await look(judgedNow(), fine, 5_000)).members).toEqual({ heard: 3, enrolled: 4 });
  expect((await look(judgedNow(), fine, 5_001)).members).toBeNull();
  const judgedAt = new Date(clock.wallTime().getTime() - 60_000);
  expect((await look({ listening, judgedAt })).members).toBeNull();
});

test('what was not checked is not well, and before anything was read nothing is claimed', async () => {
  const { lease, database } = await look(null, []);
  expect([lease.ok, database.ok, database.answeredInMs]).toEqual([false, false, null]);
  const readiness = async () => ({ ready: true, checks: fine });
  const leader = () => Promise.reject(new Error('away'));
  const plane = createPlaneWatch({ clock, version: '1', readiness, leader });
  expect(await plane.look(null)).toMatchObject({
    listening: { ok: false },
    lease: { ok: true, leader: null },
    members: null,
    readAt: null,
  });
});

test('who renews the lease no longer is not said to lead', async () => {
  const lapsed = fine.map((check) => ({ ...check, ok: check.name !== 'lease' }));
  expect((await look(judgedNow(), lapsed)).lease).toMatchObject({ ok: false, leader: null });
});

test('while nobody says who leads the rest is told all the same', async () => {
  const readiness = async () => ({ ready: true, checks: fine });
  const plane = createPlaneWatch({ clock, version: '1', readiness, leader: () => new Promise(() => {}) });
  const looking = plane.look(null);
  await clock.advance(2_000);
  expect(await looking).toMatchObject({ database: { ok: true }, lease: { ok: true, leader: null } });
  expect(clock.pendingTimers).toBe(0);
});
