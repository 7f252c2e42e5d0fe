import { failbackTarget, type Pool } from '@serverctl/core';
import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { goesBackBy, inSteps, newMemberId, orderWords, withPriorities, withYes, yesTo } from './goes-back.ts';
import { moved } from './order.ts';

const members = [
  { id: 'fra', hostname: 'fra.example.com', priority: 10 },
  { id: 'ams', hostname: 'ams.example.com', priority: 20 },
  { id: 'lon', hostname: 'lon.example.com', priority: 30 },
];
const automatic = { policy: 'automatic', afterMinutes: 10, window: null } as const;
const put = (id: string, priority: number) => withPriorities(members, [{ id, priority }]);

test('with automatic failback, whoever is put before the active member gets its records: it is said in words', () => {
  const found = goesBackBy(pool({ failback: automatic }), members, put('ams', 5));
  expect(found?.to).toBe('ams');
  expect(found?.sentence).toBe(
    'Records go from fra.example.com to ams.example.com after 10 min of health from now: failback is automatic in this pool.',
  );
});

test('the active member moved down is the same, and a window is told', () => {
  const failback = { ...automatic, window: { from: '02:00', to: '04:00' } };
  expect(goesBackBy(pool({ failback }), members, put('fra', 25))?.sentence).toContain('between 02:00 and 04:00 UTC');
});

test.each([
  ['failback is by hand', { failback: { ...automatic, policy: 'manual' as const } }, put('ams', 5)],
  ['automatic failover is off', { failback: automatic, automaticFailover: false }, put('ams', 5)],
  ['nobody is active', { failback: automatic, activeMemberId: null }, put('ams', 5)],
  ['it comes level with the active one', { failback: automatic }, put('ams', 10)],
  ['the others change places', { failback: automatic }, put('lon', 15)],
])('nothing goes back where %s', (_case, otherwise, after) => {
  expect(goesBackBy(pool(otherwise), members, after)).toBeNull();
});

test('what was on its way back anyway is no news; another target is', () => {
  const ofLon = pool({ failback: automatic, activeMemberId: 'lon' });
  expect(goesBackBy(ofLon, members, put('ams', 15))).toBeNull();
  expect(goesBackBy(ofLon, members, put('ams', 5))?.to).toBe('ams');
});

test('the page says that the order moves nobody only where that is so', () => {
  expect(orderWords(pool())).toContain('it moves nobody now');
  expect(orderWords(pool({ failback: automatic }))).not.toContain('nobody');
  expect(orderWords(pool({ failback: automatic, automaticFailover: false }))).toContain(
    'while automatic failover is off',
  );
});

test('for every order it says what the server will say', () => {
  const active = ['fra', 'ams', 'lon', null];
  const priorities = [5, 10, 20];
  const orders = priorities.flatMap((a) => priorities.flatMap((b) => priorities.map((c) => [a, b, c])));
  const ranked = orders.map((order) => members.map((one, index) => ({ ...one, priority: order[index] ?? 0 })));
  for (const activeMemberId of active)
    for (const failback of [automatic, { ...automatic, policy: 'never' as const }])
      for (const before of ranked)
        for (const after of ranked) {
          const view = pool({ failback, activeMemberId });
          const stored = { failback, automaticFailover: true, activeMemberId } as unknown as Pool;
          const to = failbackTarget(stored, after)?.id;
          const expected = to === failbackTarget(stored, before)?.id ? undefined : to;
          expect(goesBackBy(view, before, after)?.to, JSON.stringify({ activeMemberId, before, after })).toBe(expected);
        }
});

test('the yes is to that member alone; one that is only being added is named by its hostname', () => {
  const yes = (to: string) => yesTo({ to, hostname: 'ams.example.com.', sentence: '' });
  expect(yes('ams')).toEqual({ confirmFailback: true, expectNext: 'ams' });
  expect(yes(newMemberId)).toEqual({ confirmFailback: true, expectNext: 'ams.example.com' });
});

test('a new member level with the first one may come before it: that is asked, since its id is not known yet', () => {
  const added = (priority: number) => [...members, { id: newMemberId, hostname: 'new.example.com', priority }];
  const ofLon = pool({ failback: automatic, activeMemberId: 'lon' });
  expect(goesBackBy(ofLon, members, added(10))?.sentence).toContain(
    'Records may go from lon.example.com to new.example',
  );
  expect(goesBackBy(ofLon, members, added(9))?.sentence).toContain(
    'Records go from lon.example.com to new.example.com',
  );
  expect(goesBackBy(ofLon, members, added(11))).toBeNull();
  expect(goesBackBy(pool({ failback: automatic }), members, added(10))).toBeNull();
});

test('of priorities that are set one after the other each has the yes, and says to whom', () => {
  const changes = [
    { id: 'fra', priority: 20 },
    { id: 'ams', priority: 10 },
  ];
  const yes = { confirmFailback: true, expectNext: 'ams' };
  expect(withYes(changes, null)).toEqual(changes);
  expect(withYes(changes, { to: 'ams', hostname: 'ams.example.com', sentence: '' })).toEqual([
    { id: 'fra', priority: 20, ...yes },
    { id: 'ams', priority: 10, ...yes },
  ]);
});

test('whatever the order, no step of a change sends records to another one than it did before or will after all', () => {
  const strays: string[] = [];
  const priorities = [5, 10, 20, 40];
  const more = [...members, { id: 'par', hostname: 'par.example.com', priority: 40 }];
  const orders = more.reduce<number[][]>((all, _) => all.flatMap((o) => priorities.map((one) => [...o, one])), [[]]);
  for (const { id: activeMemberId } of more)
    for (const order of orders)
      for (const { id } of more)
        for (const by of [1, -1] as const) {
          const before = more.map((one, index) => ({ ...one, priority: order[index] ?? 0 }));
          const to = (now: typeof before) =>
            failbackTarget({ failback: automatic, automaticFailover: true, activeMemberId } as unknown as Pool, now)
              ?.id;
          const steps = inSteps(pool({ failback: automatic, activeMemberId }), before, moved(before, id, by));
          const after = withPriorities(before, steps);
          const asked = to([...after]) === to(before) ? undefined : to([...after]);
          let now: readonly (typeof before)[number][] = before;
          for (const change of steps) {
            const was = to([...now]);
            now = withPriorities(now, [change]);
            if (![undefined, was, asked].includes(to([...now])))
              strays.push(JSON.stringify({ activeMemberId, order, steps }));
          }
        }
  expect(strays).toEqual([]);
});
