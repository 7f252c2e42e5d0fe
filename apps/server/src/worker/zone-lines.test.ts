import type { DnsName, RecordRef, RecordView, ReplaceRequest, ZoneCalls } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone } from '@serverctl/dns';
import { describe, expect, test } from 'vitest';
import { createFakeClock, memoryLease } from '../../../../testkit/src/index.ts';
import type { CallBudget } from './budget.ts';
import type { Requests } from './budget-shares.ts';
import type { SharedPlace } from './shared-place.ts';
import { createZoneDesk } from './zone-desk.ts';

/* R22: a trip takes as many places as its call makes requests, whatever is known of the zone. */

const zone = 'example.com' as DnsName;
const ref = (number: number): RecordRef => ({ zone, name: `n${number}.${zone}` as DnsName, type: 'A' });
const view: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const request = (number: number) => ({ ref: ref(number), expected: view }) as unknown as ReplaceRequest; // all that is used of it here

/** A zone that is found to be too large by the first call for more than it can carry, and what was asked of budget and provider. */
function open({ isLarge = false } = {}) {
  const clock = createFakeClock();
  const lease = memoryLease();
  lease.grant();
  let isKnownLarge = false;
  let letIn = Promise.resolve();
  const places: Requests[] = [];
  const used: number[] = [];
  const calls: { readonly verb: string; readonly names: number; readonly requests: number | undefined }[] = [];
  const enter = async (requests: Requests = { read: 1, write: 1 }) => {
    places.push(requests);
    await letIn;
    return {
      use: async () => {
        used.push(requests.write);
        return true;
      },
      release() {},
    };
  };
  const budget: CallBudget = {
    enter: async (_id, _urgency, _signal, requests) => (await enter(requests)) !== null,
    enterTwice: (_id, _signal, requests) => enter(requests),
    enterKept: (_id, _signal, requests) => enter(requests),
    isPressed: () => false,
    holdOff() {},
  };
  function carry<Got>(verb: string, names: number, requests: number | undefined, got: Got) {
    calls.push({ verb, names, requests });
    const carried = isKnownLarge ? (requests ?? names) : isLarge ? 0 : names;
    isKnownLarge = isLarge;
    const outcomeOf = (_: unknown, index: number) => ({
      status: 'fulfilled' as const,
      value: index < carried ? got : null,
    });
    return Promise.resolve(Array.from({ length: names }, outcomeOf));
  }
  const zoneCalls: ZoneCalls = {
    mostWrites: 10,
    mostTogether: () => (isKnownLarge ? 2 : Number.POSITIVE_INFINITY),
    requestsFor: (names) => (isKnownLarge ? { read: names, write: names + 1 } : { read: 1, write: 2 }),
    read: (refs, _signal, { requests } = {}) => carry('read', refs.length, requests, view),
    write: (all, _signal, { requests } = {}) =>
      carry('write', all.length, requests && requests - 1, { outcome: 'written', fencedBy: 'value-only' }),
  };
  const provider = { ...createMemoryProvider({ zone: createMemoryZone(zone), instance: 'cp' as never }), zoneCalls };
  const lines = createZoneDesk({ clock, budget, lease }).linesOf(provider, { zone, credentialId: 'c' });
  const read = (count: number) => Array.from({ length: count }, () => lines.read('failover'));
  return {
    ...{ clock, lease, lines, places, used, calls, zoneCalls, read },
    /** From now on places must be waited for; returns what ends that. */
    holdUp() {
      const gate = Promise.withResolvers<void>();
      letIn = gate.promise;
      return gate.resolve;
    },
    /** Writes as many names as there are places held, each with its own. */
    async writeAll(held: readonly SharedPlace[]) {
      const sent = held.map(async (place, index) => {
        const seat = lines.write({ held: place, until: Number.POSITIVE_INFINITY });
        return (await seat.boarded) === null ? null : seat.send(request(index));
      });
      await clock.advance(200);
      return Promise.all(sent);
    },
    /** Reads so many names that come at the same time: what each is told. */
    async readAll(count: number) {
      const sent = read(count).map(async (seat, index) => {
        const ticket = await seat.boarded;
        ticket?.shared?.hold();
        return { ticket, got: await seat.send(ref(index)) };
      });
      await clock.advance(200);
      return Promise.all(sent);
    },
  };
}
const carried = (all: readonly { readonly got: unknown }[]) => all.filter(({ got }) => got !== null).length;

describe('a zone that is too large to be read at once', () => {
  test('is found out for the one place that was taken, and then travelled to by trips of few seats, each with its places', async () => {
    const { readAll, calls, places } = open({ isLarge: true });
    expect(carried(await readAll(5))).toBe(0);
    expect([calls, places]).toEqual([[{ verb: 'read', names: 5, requests: 1 }], [{ read: 1, write: 2 }]]);
    expect(carried(await readAll(5))).toBe(5);
    expect(calls.slice(1).map(({ names, requests }) => [names, requests])).toEqual([
      [2, 2],
      [2, 2],
      [1, 1],
    ]);
    expect(places.slice(1).map(({ read }) => read)).toEqual([2, 2, 1]);
  });

  test('is so also for those who boarded before that was known: as many are carried as have places', async () => {
    const { clock, read, calls, places } = open({ isLarge: true });
    const [early = expect.fail()] = read(1);
    await clock.advance(0);
    const late = read(5); // behind the first one
    const sent = late.map(async (seat, index) => ((await seat.boarded) === null ? null : seat.send(ref(index))));
    expect(await early.send(ref(0))).toBeNull();
    await clock.advance(200);
    expect((await Promise.all(sent)).filter((got) => got !== null)).toHaveLength(2);
    expect([places[1], calls[1]]).toEqual([
      { read: 2, write: 3 },
      { verb: 'read', names: 5, requests: 2 },
    ]);
  });

  test.each([
    ['takes a trip of its own where each name is a request of its own', { isLarge: true, trips: 2 }],
    ['comes along elsewhere', { isLarge: false, trips: 1 }],
  ])('who comes while a place is waited for %s', async (_, { isLarge, trips }) => {
    const { clock, read, readAll, places, holdUp } = open({ isLarge });
    await readAll(1);
    const letIn = holdUp();
    for (let come = 0; come < 2; come += 1) {
      read(1);
      await clock.advance(100);
    }
    expect(places.slice(1)).toHaveLength(trips);
    letIn();
  });

  test('is written to by the places that those aboard hold, as many as it takes and no more', async () => {
    const { readAll, writeAll, calls, places, used } = open({ isLarge: true });
    await readAll(1);
    const [first, , third] = await readAll(3); // two trips: of two names, and of one
    const held = [first, third].map((one) => one?.ticket?.shared ?? expect.fail('no place'));
    expect(await writeAll(held)).toMatchObject([{ outcome: 'written' }, { outcome: 'written' }]);
    expect(used).toEqual([3]); // the larger one is enough
    expect(await writeAll(held)).toMatchObject([{ outcome: 'written' }, null]); // one more place of two requests was held
    expect(used).toEqual([3, 2]);
    expect(await writeAll(held)).toMatchObject([{ outcome: 'written' }, { outcome: 'written' }]);
    expect([used, places.at(-1)]).toEqual([[3, 2, 3], { read: 2, write: 3 }]);
    expect(calls.filter(({ verb }) => verb === 'write').map(({ requests }) => requests)).toEqual([2, 1, 2]);
  });
});

describe('names that were read by several trips', () => {
  test('are written together by the places of several, where one is not enough', async () => {
    const { readAll, writeAll, calls, used } = open({ isLarge: true });
    await readAll(1);
    const [[one], [other]] = [await readAll(1), await readAll(1)];
    const held = [one, other].map((read) => read?.ticket?.shared ?? expect.fail('no place'));
    expect(await writeAll(held)).toMatchObject([{ outcome: 'written' }, { outcome: 'written' }]);
    expect([used, calls.at(-1)]).toEqual([[2, 2], { verb: 'write', names: 2, requests: 3 }]);
  });
});

describe('a call for many', () => {
  async function writing(write: ZoneCalls['write']) {
    const { lines, zoneCalls, clock, lease } = open();
    zoneCalls.write = write;
    const seats = [0, 1].map(() => lines.write({ held: null, until: Number.POSITIVE_INFINITY }));
    await clock.advance(10);
    const sent = seats.map((seat, index) => seat.send(request(index)));
    for (const one of sent) one.catch(() => undefined);
    await clock.settle();
    return { seats, sent, clock, lease };
  }

  test('tells each name before it is over; one that is never answered ends the others after 4 s', async () => {
    const { sent, clock } = await writing((all, _signal, terms) => {
      const [first = expect.fail()] = all;
      terms?.settled?.(first, { status: 'fulfilled', value: { outcome: 'written', fencedBy: 'record-and-mark' } });
      return new Promise(() => {});
    });
    expect(await sent[0]).toMatchObject({ outcome: 'written' });
    await clock.advance(4_200);
    await expect(sent[1]).rejects.toThrow('no answer within');
  });

  test('asks of each whether it is still wanted (R15, R16)', async () => {
    let ask: () => readonly (boolean | undefined)[] = () => [];
    const { seats, lease } = await writing((all, _signal, terms) => {
      ask = () => all.map((one) => terms?.isWanted?.(one));
      return new Promise(() => {});
    });
    expect(ask()).toEqual([true, true]);
    seats[0]?.leave();
    expect(ask()).toEqual([false, true]);
    lease.lose();
    expect(ask()).toEqual([false, false]);
  });
});
