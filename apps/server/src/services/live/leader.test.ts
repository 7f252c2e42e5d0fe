import { createFakeClock } from '@serverctl/testkit';
import { expect, test } from 'vitest';
import { createLeaderWatch } from './leader.ts';

function watch() {
  const clock = createFakeClock();
  const row = { present: { holder: 'one', term: 1 } as { holder: string; term: number } | null };
  const look = createLeaderWatch({ leader: async () => row.present }, clock);
  const now = () => clock.wallTime().toISOString();
  return { clock, row, look, now };
}

test('who led already at the first look has no beginning that we could tell', async () => {
  const { clock, look } = watch();
  expect(await look()).toEqual({ holder: 'one', term: 1, since: null });
  await clock.advance(1_000);
  expect(await look()).toEqual({ holder: 'one', term: 1, since: null });
});

test('a change that is seen has the time at which it was, and keeps it', async () => {
  const { clock, row, look, now } = watch();
  await look();
  await clock.advance(1_000);
  row.present = { holder: 'two', term: 2 };
  const since = now();
  expect(await look()).toEqual({ holder: 'two', term: 2, since });
  await clock.advance(3_000);
  expect(await look()).toEqual({ holder: 'two', term: 2, since });
  row.present = null;
  expect(await look()).toBeNull();
});

test('the same process that leads again does so since then', async () => {
  const { clock, row, look, now } = watch();
  await look();
  await clock.advance(1_000);
  row.present = { holder: 'one', term: 2 };
  expect(await look()).toMatchObject({ holder: 'one', since: now() });
});

test('what changed while nobody looked has no time either', async () => {
  const { clock, row, look } = watch();
  await look();
  await clock.advance(60_000);
  row.present = { holder: 'two', term: 2 };
  expect(await look()).toMatchObject({ holder: 'two', since: null });
});
