import type { DnsName, DnsProvider, RecordView } from '@serverctl/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFakeClock, memoryLease } from '../../../../testkit/src/index.ts';
import type { Destination } from './arrivals.ts';
import { createCallBudget } from './budget.ts';
import { createZoneDesk } from './zone-desk.ts';

/* R22: a failover trip waits for those of its zone and credential that are known to come, and for nobody else. */

const here: Destination = { zone: 'example.com' as DnsName, credentialId: 'c' };

function open() {
  const clock = createFakeClock();
  const began = clock.now();
  const lease = memoryLease();
  lease.grant();
  const calls: { readonly names: number; readonly atMs: number }[] = [];
  const view: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
  const zoneCalls: DnsProvider['zoneCalls'] = {
    mostWrites: 10,
    async read(refs) {
      calls.push({ names: refs.length, atMs: clock.now() - began });
      return refs.map(() => ({ status: 'fulfilled' as const, value: view }));
    },
    write: async () => [],
  };
  const provider = { zoneCalls: { ...zoneCalls, mostTogether: () => 10 } } as unknown as DnsProvider;
  const desk = createZoneDesk({ clock, budget: createCallBudget(clock, () => null), lease });
  const lines = desk.linesOf(provider, here);
  return {
    ...{ clock, desk, lines, calls },
    /** One name comes to the failover line, and is read. */
    async board() {
      const seat = lines.read('failover');
      if ((await seat.boarded) !== null) await seat.send({ zone: here.zone, name: here.zone, type: 'A' });
    },
  };
}
let at: ReturnType<typeof open>;
beforeEach(() => {
  at = open();
});

describe('a failover trip', () => {
  test('waits for nobody when nobody is on the way', async () => {
    void at.board();
    await at.clock.advance(100);
    expect(at.calls).toEqual([{ names: 1, atMs: 0 }]);
  });

  test('carries those that were announced and come a little later, and leaves when the last of them is there', async () => {
    const withdrawals = [at.desk.announce(here), at.desk.announce(here)];
    void at.board();
    for (const withdraw of withdrawals) {
      await at.clock.advance(5);
      withdraw();
      void at.board();
    }
    await at.clock.advance(100);
    expect(at.calls).toEqual([{ names: 3, atMs: 10 }]);
  });

  test('leaves as soon as it is known that nobody comes, also where that is said twice', async () => {
    const [first, second] = [at.desk.announce(here), at.desk.announce(here)];
    void at.board();
    await at.clock.advance(3);
    first();
    first();
    await at.clock.advance(3);
    expect(at.calls).toEqual([]);
    second();
    await at.clock.settle();
    expect(at.calls).toEqual([{ names: 1, atMs: 6 }]);
  });

  test('is held up for no more than 25 ms by one that never comes, and the next one no longer', async () => {
    at.desk.announce(here);
    void at.board();
    await at.clock.advance(100);
    void at.board();
    await at.clock.advance(100);
    expect(at.calls.map(({ atMs }) => atMs)).toEqual([25, 125]);
  });

  test.each<[string, Destination]>([
    ['another zone', { ...here, zone: 'example.net' as DnsName }],
    ['the same zone at another credential', { ...here, credentialId: 'another' }],
  ])('does not wait for a name of %s', async (_, elsewhere) => {
    at.desk.announce(elsewhere);
    void at.board();
    await at.clock.advance(100);
    expect(at.calls).toEqual([{ names: 1, atMs: 0 }]);
  });

  test('that all have left waits for nobody any more', async () => {
    at.desk.announce(here);
    const seat = at.lines.read('failover');
    await at.clock.settle();
    seat.leave();
    await at.clock.settle();
    expect([at.clock.pendingTimers, at.calls]).toEqual([0, []]);
  });
});

describe('a trip that is full waits for nobody any more:', () => {
  test('neither for those that were announced', async () => {
    at.desk.announce(here);
    for (let name = 0; name < 10; name += 1) void at.board();
    await at.clock.advance(100);
    expect(at.calls).toEqual([{ names: 10, atMs: 0 }]);
  });

  test('nor, where it is calm, for its second', async () => {
    const seats = Array.from({ length: 10 }, () => at.lines.read('background'));
    await at.clock.settle();
    expect(await Promise.race([seats[9]?.boarded, at.clock.settle().then(() => 'not yet')])).not.toBe('not yet');
  });
});

test('a calm trip does not wait for what is urgent', async () => {
  at.desk.announce(here);
  const seat = at.lines.read('background');
  await at.clock.advance(1_000);
  expect(await Promise.race([seat.boarded, 'not yet'])).not.toBe('not yet');
});

test('a place that is kept for a write alone is waited for together, too', async () => {
  const withdraw = at.desk.announce(here);
  const seats = [at.lines.keep()];
  await at.clock.advance(5);
  withdraw();
  seats.push(at.lines.keep());
  await at.clock.advance(0);
  const [first, second] = await Promise.all(seats.map(({ boarded }) => boarded));
  expect(first?.shared).toBe(second?.shared);
});
