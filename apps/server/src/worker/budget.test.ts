import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createCallBudget } from './budget.ts';
import type { Urgency } from './budget-shares.ts';
import type { CallLimit } from './ports.ts';

const never = new AbortController().signal;
const whenever = Number.POSITIVE_INFINITY;

function setUp(limit: CallLimit | null) {
  const clock = createFakeClock();
  const budget = createCallBudget(clock, () => limit);
  const sent: { readonly urgency: Urgency; readonly at: number; readonly tag: string }[] = [];
  const ask = (urgency: Urgency, tag = '', signal = never) =>
    budget.enter('one', urgency, signal).then((granted) => {
      if (granted) sent.push({ urgency, at: clock.now(), tag });
      return granted;
    });
  /** Two calls of a promotion, the second so long after the first, if at all. */
  async function askTwice({ afterMs, isSent }: { readonly afterMs: number; readonly isSent: boolean }) {
    const second = await budget.enterTwice('one', never);
    sent.push({ urgency: 'failover', at: clock.now(), tag: 'read' });
    await clock.sleep(afterMs, never);
    if (!isSent) return second?.release();
    if (await second?.use(never, whenever)) sent.push({ urgency: 'failover', at: clock.now(), tag: 'write' });
  }
  return { clock, budget, sent, ask, askTwice, startedAt: clock.now() };
}

describe('the calls of one credential (R22)', () => {
  test('within the limit go at once, the next one when the oldest leaves the window', async () => {
    const { clock, sent, ask, startedAt } = setUp({ calls: 3, perMs: 10_000 });
    for (let call = 0; call < 4; call += 1) void ask('failover');
    await clock.settle();
    expect(sent.length).toBe(3);
    await clock.advance(10_000);
    expect(sent.length).toBe(3);
    await clock.advance(1);
    expect(sent.map(({ at }) => at - startedAt)).toEqual([0, 0, 0, 10_001]);
  });

  test('in the background take a quarter at most, and leave the rest to failovers', async () => {
    const { clock, sent, ask } = setUp({ calls: 20, perMs: 60_000 });
    for (let call = 0; call < 10; call += 1) void ask('background');
    await clock.advance(30_000);
    expect(sent.length).toBe(5);
    for (let call = 0; call < 20; call += 1) void ask('failover');
    await clock.settle();
    expect([sent.length, sent.filter(({ urgency }) => urgency === 'failover').length]).toEqual([20, 15]);
  });

  test('wait in order, failovers before whatever waits in the background', async () => {
    const { clock, sent, ask } = setUp({ calls: 4, perMs: 1_000 });
    for (const tag of ['a', 'b', 'c', 'd']) void ask('failover', tag);
    for (const tag of ['calm 1', 'calm 2']) void ask('background', tag);
    for (const tag of ['e', 'f']) void ask('failover', tag);
    await clock.advance(5_000);
    expect(sent.map(({ tag }) => tag)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'calm 1', 'calm 2']);
  });

  test('of the preflight take a fifth of that quarter, after all others, and press nobody', async () => {
    const { clock, budget, sent, ask } = setUp({ calls: 40, perMs: 60_000 });
    for (const tag of ['try 1', 'try 2', 'try 3', 'try 4']) void ask('preflight', tag);
    await clock.settle();
    expect(sent.map(({ tag }) => tag)).toEqual(['try 1', 'try 2']);
    expect(budget.isPressed('one')).toBe(false);
    for (let call = 1; call <= 9; call += 1) void ask('background', `calm ${call}`);
    await clock.advance(30_000);
    expect(sent.length).toBe(10); // the quarter is of both together
    expect(budget.isPressed('one')).toBe(true);
    await clock.advance(30_001);
    expect(sent.slice(10).map(({ tag }) => tag)).toEqual(['calm 9', 'try 3', 'try 4']);
  });

  test('given up while they wait are not sent, and hold nobody back', async () => {
    const { clock, sent, ask } = setUp({ calls: 1, perMs: 1_000 });
    const stop = new AbortController();
    void ask('failover', 'first');
    const given = ask('failover', 'given up', stop.signal);
    void ask('failover', 'second');
    await clock.advance(500);
    stop.abort();
    expect(await given).toBe(false);
    await clock.advance(501);
    expect(sent.map(({ tag }) => tag)).toEqual(['first', 'second']);
    expect(await ask('failover', 'too late', AbortSignal.abort())).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  test('are limited for each credential alone', async () => {
    const { budget, clock } = setUp({ calls: 1, perMs: 60_000 });
    const granted: string[] = [];
    for (const credential of ['one', 'two', 'one']) {
      void budget.enter(credential, 'failover', never).then(() => granted.push(credential));
    }
    await clock.settle();
    expect(granted).toEqual(['one', 'two']);
  });

  test('without a limit never wait and are never pressed', async () => {
    const { sent, ask, clock, budget } = setUp(null);
    for (let call = 0; call < 1_000; call += 1) void ask('background');
    await clock.settle();
    expect([sent.length, clock.pendingTimers, budget.isPressed('one')]).toEqual([1_000, 0, false]);
  });

  test('without a limit wait all the same while the provider itself asked for a pause, and only then (R22)', async () => {
    const { clock, budget, sent, ask } = setUp(null);
    const pair = await budget.enterTwice('one', never);
    budget.holdOff('one', 30_000);
    for (const urgency of ['failover', 'background', 'preflight'] as const) void ask(urgency);
    expect(await pair?.use(never, clock.now() + 29_999)).toBe(false);
    const used = pair?.use(never, whenever);
    expect(await budget.enter('other', 'failover', never)).toBe(true);
    await clock.advance(29_999);
    expect([sent.length, budget.isPressed('one')]).toEqual([0, false]);
    await clock.advance(1);
    expect([sent.length, await used, clock.pendingTimers]).toEqual([3, true, 0]);
  });

  test('press from one more than half of the limit on, until the window has passed', async () => {
    const { ask, clock, budget } = setUp({ calls: 4, perMs: 1_000 });
    const pressed: boolean[] = [];
    for (let call = 0; call < 3; call += 1) {
      await ask('failover');
      pressed.push(budget.isPressed('one'));
    }
    await clock.advance(1_001);
    expect([...pressed, budget.isPressed('one')]).toEqual([false, false, true, false]);
  });

  test('all wait while the provider itself asked for a pause', async () => {
    const { clock, budget, sent, ask } = setUp({ calls: 10, perMs: 1_000 });
    budget.holdOff('one', 30_000);
    void ask('failover');
    void ask('background');
    await clock.advance(29_999);
    expect(sent.length).toBe(0);
    await clock.advance(1);
    expect(sent.length).toBe(2);
  });

  test('of a promotion enter two at once: the second has its place, and counts from when it is sent', async () => {
    const { clock, budget, sent, ask, askTwice, startedAt } = setUp({ calls: 3, perMs: 1_000 });
    const first = await budget.enterTwice('one', never);
    void askTwice({ afterMs: 10, isSent: true });
    void ask('failover', 'after both');
    await clock.advance(800);
    await first?.use(never, whenever);
    await clock.advance(2_000);
    const calls = sent.map(({ tag, at }) => [tag, at - startedAt]);
    expect(calls).toEqual([
      ['read', 1_001],
      ['write', 1_011],
      ['after both', 1_801],
    ]);
  });

  test('a second call that is spared makes room at once, and only once', async () => {
    const { clock, budget, sent, ask } = setUp({ calls: 2, perMs: 60_000 });
    const pair = await budget.enterTwice('one', never);
    for (const tag of ['a', 'b']) void ask('failover', tag);
    await clock.settle();
    expect([sent.length, clock.pendingTimers, budget.isPressed('one')]).toEqual([0, 1, true]);
    pair?.release();
    pair?.release();
    expect(await pair?.use(never, whenever)).toBe(false);
    await clock.settle();
    expect(sent.map(({ tag }) => tag)).toEqual(['a']);
  });

  test('a second call keeps its place, but not past a pause that the provider asked for meanwhile (R19)', async () => {
    const { clock, budget, sent, ask, askTwice, startedAt } = setUp({ calls: 3, perMs: 10_000 });
    void askTwice({ afterMs: 10, isSent: true });
    void ask('failover', 'fills the window');
    void ask('failover', 'after both');
    await clock.settle();
    budget.holdOff('one', 5_000);
    await clock.advance(4_999);
    expect([sent.length, budget.isPressed('one')]).toEqual([2, true]);
    await clock.advance(10_000);
    expect(sent.slice(2).map(({ tag, at }) => [tag, at - startedAt])).toEqual([
      ['write', 5_000],
      ['after both', 10_001],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a second call that is given up during such a pause is not sent, and its place is free once it is released', async () => {
    const { clock, budget, sent, ask } = setUp({ calls: 2, perMs: 60_000 });
    const pair = await budget.enterTwice('one', never);
    budget.holdOff('one', 5_000);
    const stop = new AbortController();
    const used = pair?.use(stop.signal, whenever);
    await clock.advance(1_000);
    stop.abort();
    expect([await used, await pair?.use(stop.signal, whenever)]).toEqual([false, false]);
    void ask('failover', 'next');
    await clock.advance(10_000);
    expect(sent.length).toBe(0);
    pair?.release();
    await clock.settle();
    expect(sent.map(({ tag }) => tag)).toEqual(['next']);
  });

  test('a place is not used for a call that a pause would keep too long, however often it is prolonged (R19, R22)', async () => {
    const { clock, budget, sent, ask } = setUp({ calls: 2, perMs: 60_000 });
    const pair = await budget.enterTwice('one', never);
    const until = clock.now() + 4_000;
    void ask('failover', 'next');
    budget.holdOff('one', 3_000);
    const used = pair?.use(never, until);
    await clock.advance(1_000);
    budget.holdOff('one', 5_000);
    expect([await used, await pair?.use(never, until)]).toEqual([false, false]);
    pair?.release();
    await clock.advance(4_999);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect([sent.map(({ tag }) => tag), await pair?.use(never, whenever)]).toEqual([['next'], false]);
  });

  test('a write alone waits for its place as a failover, and counts from when it is sent', async () => {
    const { clock, budget, sent, ask, startedAt } = setUp({ calls: 1, perMs: 1_000 });
    void ask('failover', 'first');
    const write = budget.enterKept('one', never);
    void ask('failover', 'after it');
    await clock.advance(1_500);
    const place = await write;
    expect([await place?.use(never, clock.now() - 1), sent.length]).toEqual([false, 1]);
    expect(await place?.use(never, clock.now())).toBe(true);
    await clock.advance(1_000);
    expect(sent.length).toBe(1);
    await clock.advance(1);
    expect(sent.map(({ tag, at }) => [tag, at - startedAt])).toEqual([
      ['first', 0],
      ['after it', 2_501],
    ]);
  });

  test('a write that would be too late for what it is written on gets no place, and takes none', async () => {
    const { clock, budget, ask } = setUp({ calls: 1, perMs: 10_000 });
    const keepUntil = (ms: number) => budget.enterKept('one', never, undefined, clock.now() + ms);
    void ask('failover', 'first');
    expect(await keepUntil(10_000)).toBeNull();
    const [inTime, behind] = [keepUntil(10_002), keepUntil(15_000)];
    await clock.advance(10_001);
    const place = await inTime;
    await clock.advance(4_999); // the place that is kept was not spared
    expect([await behind, await place?.use(never, whenever)]).toEqual([null, true]);
  });

  test('reads in calm leave tries in calm their fifth, however many there are', async () => {
    const { clock, sent, ask } = setUp({ calls: 40, perMs: 1_000 });
    for (let call = 0; call < 10; call += 1) void ask('background');
    void ask('preflight');
    for (let turn = 0; turn < 30; turn += 1) {
      void ask('background');
      await clock.advance(100);
    }
    expect(sent.filter(({ urgency }) => urgency === 'preflight')).toHaveLength(1);
  });

  test('a limit of one call lets a promotion through all the same, and one given up gets no place', async () => {
    const { budget } = setUp({ calls: 1, perMs: 60_000 });
    expect(await budget.enterTwice('one', AbortSignal.abort())).toBeNull();
    expect(await budget.enterTwice('one', never)).not.toBeNull();
  });

  test('whatever is asked when: never more than the limit in any such time, nor a quarter of it calm, nor a twentieth of tries, none in a pause, all served', async () => {
    const asks = fc.array(
      fc.record({
        afterMs: fc.nat(400),
        urgency: fc.constantFrom<Urgency>('failover', 'background', 'preflight'),
        second: fc.option(fc.record({ afterMs: fc.nat(600), isSent: fc.boolean() })),
        holdMs: fc.option(fc.integer({ min: 1, max: 500 })),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const limits = fc.record({ calls: fc.integer({ min: 2, max: 48 }), perMs: fc.integer({ min: 100, max: 2_000 }) });
    await fc.assert(
      fc.asyncProperty(limits, asks, async (limit, plan) => {
        const { clock, budget, sent, ask, askTwice } = setUp(limit);
        const pauses: { readonly from: number; readonly until: number }[] = [];
        for (const { afterMs, urgency, second, holdMs } of plan) {
          await clock.advance(afterMs);
          if (holdMs !== null) {
            budget.holdOff('one', holdMs);
            pauses.push({ from: clock.now(), until: clock.now() + holdMs });
          }
          void (second === null ? ask(urgency) : askTwice(second));
        }
        await clock.advance((limit.perMs + 601) * (plan.length + 1) * 2 + 500);
        const expected = plan.length + plan.filter(({ second }) => second?.isSent).length;
        expect([sent.length, clock.pendingTimers]).toEqual([expected, 0]);
        const calm = sent.filter(({ urgency }) => urgency !== 'failover');
        const tries = sent.filter(({ urgency }) => urgency === 'preflight');
        const inWindow = (from: number) => (one: { at: number }) => one.at >= from && one.at <= from + limit.perMs;
        for (const { at } of sent) {
          expect(pauses.filter(({ from, until }) => at > from && at < until)).toEqual([]);
          expect(sent.filter(inWindow(at)).length).toBeLessThanOrEqual(limit.calls);
          expect(calm.filter(inWindow(at)).length).toBeLessThanOrEqual(Math.max(1, Math.floor(limit.calls / 4)));
          expect(tries.filter(inWindow(at)).length).toBeLessThanOrEqual(Math.max(1, Math.floor(limit.calls / 20)));
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('a call that is several requests takes as many places, kept ones too', async () => {
  const limit = { calls: 6, perMs: 1_000 };
  const clock = createFakeClock();
  const budget = createCallBudget(clock, () => limit);
  const never = new AbortController().signal;
  const requests = { read: 1, write: 2 };
  const granted: string[] = [];
  const [first, second] = await Promise.all(
    ['a', 'b'].map((name) => budget.enterTwice(name.slice(1), never, requests)),
  );
  void budget.enter('', 'failover', never).then(() => granted.push('third'));
  await clock.advance(0);
  expect(granted).toEqual([]); // two reads are sent, two writes of two requests each are kept
  second?.release();
  await clock.advance(0);
  expect(granted).toEqual(['third']);
  expect(await first?.use(never, clock.now())).toBe(true);
  void budget.enterKept('', never, requests).then(() => granted.push('fourth'));
  await clock.advance(999);
  expect(granted).toEqual(['third']); // two reads, one read, one write of two requests: five of six
  await clock.advance(2);
  expect(granted).toEqual(['third', 'fourth']);
});
