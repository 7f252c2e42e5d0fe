import type { EventView } from '@serverctl/contract';
import { fullAccess } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { EventRange } from '../../db/repositories/events-read.ts';
import { createEventTail, resumeEvents } from './event-tail.ts';
import { roleIn } from './testing/house.ts';
import { anEvent } from './testing/views.ts';

/** A log that ends at `last`; what lies behind `settled` is told to nobody yet, but to whoever names an end of which it knows. */
function logOf(last: number, settled = last) {
  const asked: EventRange[] = [];
  const state = { last, settled };
  return {
    asked,
    state,
    async events(range: EventRange): Promise<readonly EventView[]> {
      asked.push(range);
      const { after, before, limit } = range;
      const end = before === undefined ? state.settled : before - 1;
      const told = Array.from({ length: Math.min(end, state.last) }, (_, n) => anEvent(n + 1));
      if (after === null) return told.slice(-limit);
      return told.filter(({ seq }) => seq > after).slice(0, limit);
    },
    newestEvent: async () => state.last,
  };
}
const numbers = (events: readonly EventView[] | null | undefined) => events?.map(({ seq }) => seq);

test('the tail begins where it is told up to, and loses nothing of what follows', async () => {
  const log = logOf(1_000, 990);
  const tail = createEventTail(log);
  expect(tail.last()).toBeNull();
  await tail.read();
  expect(tail.last()).toBe(990);
  log.state.settled = 1_000;
  await tail.read();
  expect(numbers(tail.after(990))).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000]);
  expect(tail.after(1_000)).toEqual([]);
});

test('it holds the last thousand, and says when it holds no longer what is asked for', async () => {
  const log = logOf(10);
  const tail = createEventTail(log);
  await tail.read();
  expect([tail.after(10), tail.after(9)]).toEqual([[], null]);
  log.state.last = 3_000;
  log.state.settled = 3_000;
  await tail.read();
  expect(tail.last()).toBe(3_000);
  expect(tail.after(2_000)).toHaveLength(1_000);
  expect(tail.after(1_999)).toBeNull();
});

test('a read that breaks off loses nothing and tells nothing twice', async () => {
  const log = logOf(1_400);
  let fails = false;
  const tail = createEventTail({
    events: async (range) => {
      if (fails && (range.after ?? 0) > 1_500) throw new Error('away');
      return log.events(range);
    },
  });
  await tail.read();
  log.state.last = 2_300;
  log.state.settled = 2_300;
  fails = true;
  await expect(tail.read()).rejects.toThrow('away');
  fails = false;
  await tail.read();
  expect(numbers(tail.after(1_400))).toEqual(Array.from({ length: 900 }, (_, n) => 1_401 + n));
});

test.each([
  ['without a number it begins at the end', null, { from: 600, upTo: 600, isWhole: true }, []],
  ['from a number it tells what followed', 597, { from: 597, upTo: 600, isWhole: true }, [598, 599, 600]],
  ['at the end it tells nothing', 600, { from: 600, upTo: 600, isWhole: true }, []],
  ['from too far back it begins at the end, and says so', 20, { from: 600, upTo: 600, isWhole: false }, []],
  ['a number that there never was is of another log', 601, { from: 600, upTo: 600, isWhole: false }, []],
])('%s', async (_what, after, resumed, missed) => {
  const found = await resumeEvents(logOf(600), fullAccess, after, 600);
  expect(found).toMatchObject(resumed);
  expect(numbers(found.missed)).toEqual(missed);
});

test('a stream that goes on while the end seems to be lower than it was passes over nothing', async () => {
  const log = logOf(600);
  log.state.settled = 598;
  const found = await resumeEvents(log, fullAccess, 597, 600);
  expect([numbers(found.missed), found.upTo]).toEqual([[598, 599, 600], 600]);
});

test('a number that another process has read already is taken as it is', async () => {
  expect(await resumeEvents(logOf(605, 600), fullAccess, 603, 600)).toMatchObject({
    from: 603,
    upTo: 603,
    isWhole: true,
  });
});

test('what was missed is asked for within what may be seen; who may see no events is told none', async () => {
  const log = logOf(600);
  await resumeEvents(log, roleIn('viewer', 'A', 'B'), 597, 600);
  expect(log.asked).toMatchObject([{ pools: ['A', 'B'], after: 597 }]);
  expect(log.asked[0]?.kinds).not.toContain('user.joined');
  expect((await resumeEvents(log, roleIn('viewer'), 597, 600)).missed).toEqual([]);
  expect(log.asked).toHaveLength(1);
});
