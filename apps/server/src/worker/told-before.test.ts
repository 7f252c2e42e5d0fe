import type { BindingId, EventKind } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { createFakeClock, memoryLease } from '../../../../testkit/src/index.ts';
import type { OpenTrouble } from './ports.ts';
import { createToldBefore } from './told-before.ts';

/** `read`: what the store says, and how long it takes. */
function open(read: () => readonly OpenTrouble[] = () => [], readMs = 1_000) {
  const clock = createFakeClock();
  const lease = memoryLease();
  let reads = 0;
  const openTroubles = async (): Promise<readonly OpenTrouble[]> => {
    reads += 1;
    await clock.sleep(readMs);
    return read();
  };
  const log = { info() {}, warn() {}, error() {} };
  const toldBefore = createToldBefore({ clock, lease, store: { openTroubles }, log });
  const used: string[] = [];
  return {
    clock,
    lease,
    toldBefore,
    used,
    reads: () => reads,
    say: (text: string) => toldBefore.whenKnown(() => void used.push(text)),
    /** A name's turn, at epoch 1. */
    turn: (kind: EventKind) =>
      toldBefore.whenKnown(({ ofNames }) => ofNames.turn({ bindingId, kind, epoch: 1 }, () => void used.push(kind))),
  };
}

const bindingId = 'b00000000001' as BindingId;
const blockedBefore: OpenTrouble = { kind: 'dns.blocked', poolId: null, memberId: null, bindingId, epoch: 1 };

test('what is said waits until it is known what was told before, in its order; then nothing waits', async () => {
  const { clock, lease, toldBefore, used, say, reads } = open();
  lease.grant();
  say('one');
  say('two');
  expect([used, toldBefore.transitions()]).toEqual([[], null]);
  await clock.advance(1_000);
  expect(used).toEqual(['one', 'two']);
  say('three');
  expect([used.length, reads(), toldBefore.transitions() === null]).toEqual([3, 1, false]);
});

test('what a call under way finds after the lease is lost waits for the term after our own', async () => {
  const { clock, lease, used, say, reads } = open();
  lease.grant();
  say('one');
  await clock.advance(1_000);
  lease.lose();
  say('two');
  expect(used).toEqual(['one']);
  lease.grant();
  say('three');
  expect([used, reads()]).toEqual([['one', 'two', 'three'], 1]);
});

test('it is never told once another has led, also when it was not known yet', async () => {
  const { clock, lease, used, say, reads } = open();
  lease.grant();
  say('of the first term');
  await clock.advance(500);
  lease.lose();
  say('after it');
  lease.grant();
  lease.grant();
  await clock.advance(5_000);
  say('of the third term');
  await clock.advance(1_000);
  expect([used, reads()]).toEqual([['of the third term'], 2]);
});

test('a term that follows one of ours goes on from the same read, though that one was over before it was known', async () => {
  const { clock, lease, used, say, reads } = open();
  lease.grant();
  say('known');
  await clock.advance(1_000);
  lease.lose();
  lease.grant();
  lease.grant();
  say('not known yet');
  await clock.advance(500);
  lease.grant();
  say('of the next term');
  expect(used).toEqual(['known']);
  await clock.advance(500);
  expect([used, reads()]).toEqual([['known', 'not known yet', 'of the next term'], 2]);
});

describe('a store that does not say it in time', () => {
  test('is asked once at a time: a read that is given up goes on in the database', async () => {
    const { clock, lease, used, say, reads } = open(() => [], 60_000);
    lease.grant();
    say('after 5 s');
    await clock.advance(4_999);
    expect(used).toEqual([]);
    await clock.advance(30_000);
    lease.grant();
    lease.grant();
    say('of another term');
    await clock.advance(24_000);
    expect([used, reads()]).toEqual([['after 5 s', 'of another term'], 1]);
    await clock.advance(10_000);
    expect(reads()).toBe(2);
  });

  test('is asked on, and the end that was found meanwhile of what it says is told then, once', async () => {
    let isAway = true;
    const { clock, lease, toldBefore, used, turn } = open(() => {
      if (isAway) throw new Error('away');
      return [blockedBefore];
    });
    lease.grant();
    turn('dns.recovered');
    await clock.advance(20_000);
    expect(used).toEqual([]);
    isAway = false;
    await clock.advance(5_000);
    expect([used, toldBefore.transitions() === null]).toEqual([['dns.recovered'], false]);
    turn('dns.recovered');
    expect(used).toEqual(['dns.recovered']);
  });

  test('ends nothing twice, and what it says that is not over is not told again', async () => {
    const { clock, lease, used, turn } = open(() => [blockedBefore], 8_000);
    lease.grant();
    for (const kind of ['dns.blocked', 'dns.recovered', 'dns.recovered', 'dns.partial'] as const) turn(kind);
    await clock.advance(6_000);
    const meanwhile = ['dns.blocked', 'dns.recovered', 'dns.partial'];
    expect(used).toEqual(meanwhile);
    await clock.advance(5_000);
    for (const kind of ['dns.recovered', 'dns.partial', 'dns.complete'] as const) turn(kind);
    expect(used).toEqual([...meanwhile, 'dns.complete']);
  });

  test('is not asked by whoever leads no more', async () => {
    const { clock, lease, say, reads } = open(() => {
      throw new Error('away');
    });
    lease.grant();
    say('something');
    await clock.advance(3_000);
    lease.lose();
    const before = reads();
    await clock.advance(60_000);
    expect([reads() - before, clock.pendingTimers]).toEqual([0, 0]);
  });
});
