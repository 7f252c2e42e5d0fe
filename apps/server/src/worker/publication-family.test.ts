import type { BindingId, DnsProvider } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding, buildPool, createFakeClock, id } from '../../../../testkit/src/index.ts';
import type { PoolWithMembers } from './ports.ts';
import { createFamily, type Family } from './publication-family.ts';
import { Progress } from './publication-progress.ts';

const a = buildBinding();
const aaaa = buildBinding({ id: id<BindingId>('c', 1), type: 'AAAA' });
const elsewhere = buildBinding({ id: id<BindingId>('b', 2), name: 'other.example.com' as typeof a.name });
const shared = { sharesMark: true } as DnsProvider;
const apart = {} as DnsProvider;
const signal = () => new AbortController().signal;

function setUp(bindings = [elsewhere, aaaa, a]) {
  const clock = createFakeClock();
  const row = { pool: buildPool(), bindings } as unknown as PoolWithMembers;
  const families = new Map<BindingId, Family>();
  const memberOf = (one: BindingId) => families.get(one)?.own ?? null;
  for (const { id: one } of bindings)
    families.set(
      one,
      createFamily({ clock, progress: new Progress(), memberOf }, one, () => row),
    );
  const of = (one: typeof a) => families.get(one.id) as Family;
  return { clock, of };
}

test('an AAAA waits for its A while that is under way, where both share a mark; nobody waits for an AAAA', async () => {
  const { clock, of } = setUp();
  for (const one of [a, aaaa, elsewhere]) of(one).begins();
  expect([a, elsewhere].map((one) => of(one).turn(shared, signal()))).toEqual([null, null]);
  expect(of(aaaa).turn(apart, signal())).toBeNull();
  let goesOn = false;
  void of(aaaa)
    .turn(shared, signal())
    ?.then(() => {
      goesOn = true;
    });
  await clock.advance(1_000);
  expect(goesOn).toBe(false);
  of(a).rests();
  await clock.settle();
  expect(goesOn).toBe(true);
  expect(of(aaaa).turn(shared, signal())).toBeNull();
});

test('it waits no longer than 5 s, nor when the signal aborts', async () => {
  const { clock, of } = setUp();
  of(a).begins();
  const stop = new AbortController();
  const waits = [signal(), stop.signal].map((one) => of(aaaa).turn(shared, one));
  stop.abort();
  await clock.advance(200);
  await waits[1];
  await clock.advance(5_000);
  await waits[0];
  expect(clock.pendingTimers).toBe(0);
});

test('a mark is shared with a record that is kept, and with none else', () => {
  const { of } = setUp();
  expect([a, aaaa, elsewhere].map((one) => of(one).sharesMark(shared))).toEqual([true, true, false]);
  expect(of(a).sharesMark(apart)).toBe(false);
  expect(setUp([aaaa]).of(aaaa).sharesMark(shared)).toBe(false);
});
