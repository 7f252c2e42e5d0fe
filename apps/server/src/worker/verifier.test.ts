import type { DnsName, EventKind, PromotionId } from '@serverctl/core';
import { createMemoryZone } from '@serverctl/dns';
import { describe, expect, test } from 'vitest';
import { addressOf, buildBinding, createFakeClock, id, memoryResolver } from '../../../../testkit/src/index.ts';
import type { Notice, PublicationUpdate } from './ports.ts';
import { noticesAfter } from './testing/name-notices.ts';
import { createVerifier } from './verifier.ts';

const log = { info() {}, warn() {}, error() {} };

/** `before`: what people were told of the name by whoever led before. `left`: of the old answer, as the store says each time. */
function setUp(servers = ['ns1.test', 'ns2.test', 'ns3.test'], before: readonly EventKind[] = [], left: number[] = []) {
  const clock = createFakeClock();
  const zone = createMemoryZone('example.com' as DnsName);
  const binding = buildBinding();
  zone.put(binding.name, 'A', [addressOf(1)]);
  const resolver = memoryResolver(zone, servers);
  const notices: Notice[] = [];
  const right: string[] = [];
  const updates: (PublicationUpdate & { at: number })[] = [];
  const verifier = createVerifier({
    clock,
    resolver,
    log,
    notices: noticesAfter(binding.id, before, { notify: (notice) => void notices.push(notice) }),
  });
  const stop = new AbortController();
  const startedAt = clock.now();
  const begin = (oldAnswerTtlSeconds: number | null = 60) =>
    verifier.verify(
      {
        wish: {
          binding,
          address: addressOf(2),
          epoch: 2,
          promotionId: id<PromotionId>('q', 1),
          pausedEpoch: null,
        },
        oldAnswerTtlSeconds,
        right: ({ name }) => void right.push(name),
        async record(update) {
          updates.push({ ...update, at: clock.now() - startedAt });
          return update.step === 'old-ttl-elapsed' ? (left.shift() ?? 0) : 0;
        },
      },
      stop.signal,
    );
  const move = () => zone.put(binding.name, 'A', [addressOf(2)]);
  const steps = () => updates.flatMap(({ step, at }) => (step === null ? [] : [[step, at]]));
  return { clock, zone, binding, resolver, notices, updates, right, stop, begin, move, steps };
}

describe('the verifier (R24)', () => {
  test('ends at once when every authoritative server answers the new address, and once more after the old TTL', async () => {
    const { clock, begin, move, steps } = setUp();
    move();
    const done = begin();
    await clock.settle();
    expect(steps()).toEqual([
      ['answered', 0],
      ['all-answered', 0],
    ]);
    await clock.advance(60_000);
    await done;
    expect(steps().at(-1)).toEqual(['old-ttl-elapsed', 60_000]);
  });

  test('where the store says that something of the old TTL is left, its end is reported again after that', async () => {
    const { clock, begin, move, steps } = setUp(undefined, [], [120_000, 500]);
    move();
    const done = begin();
    await clock.advance(600_000);
    await done;
    const elapsed = steps().filter(([step]) => step === 'old-ttl-elapsed');
    expect(elapsed.map(([, at]) => at)).toEqual([60_000, 180_000, 180_500]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('what is left ends with a newer epoch: it is not reported again', async () => {
    const { clock, begin, move, steps, stop } = setUp(undefined, [], [120_000]);
    move();
    const done = begin();
    await clock.advance(100_000);
    stop.abort();
    await clock.advance(600_000);
    await done;
    expect(steps().filter(([step]) => step === 'old-ttl-elapsed')).toHaveLength(1);
  });

  test('an old TTL that no timer takes is waited for in days', async () => {
    const day = 86_400_000;
    const { clock, begin, move, steps } = setUp(undefined, [], [day, 0]);
    move();
    void begin(2_147_483_647);
    await clock.advance(3 * day);
    expect(steps().at(-1)).toEqual(['old-ttl-elapsed', 2 * day]);
  });

  test('asks again after 20, 50, 100, 200, 500 ms: a change is seen soon after it is there', async () => {
    const { clock, begin, move, steps, resolver } = setUp(['ns1.test']);
    void begin(null);
    await clock.advance(300);
    expect(resolver.asked).toBe(4);
    move();
    await clock.advance(100);
    expect(steps().at(-1)).toEqual(['all-answered', 370]);
  });

  test('one server lags: partial with each server’s answer, an alert after 60 s, its end told, nothing written', async () => {
    const { clock, begin, move, resolver, binding, updates, notices, steps, zone } = setUp();
    resolver.freeze('ns3.test', binding.name);
    move();
    const { serial } = zone;
    void begin(null);
    await clock.advance(59_000);
    expect(updates.at(-1)).toMatchObject({
      state: 'partial',
      servers: [{ ok: true }, { ok: true }, { ok: false, addresses: [addressOf(1)] }],
    });
    expect(notices).toEqual([]);
    await clock.advance(2_000);
    expect(notices.map(({ kind }) => kind)).toEqual(['dns.partial']);
    expect(notices[0]?.sentence).toContain('ns3.test');
    await clock.advance(600_000);
    resolver.release('ns3.test');
    await clock.advance(5_000);
    expect(steps().map(([step]) => step)).toEqual(['answered', 'all-answered']);
    expect(notices.map(({ kind }) => kind)).toEqual(['dns.partial', 'dns.complete']);
    expect(zone.serial).toBe(serial);
  });

  test('that some lag was told before us: it is not told again, and its end is', async () => {
    const { clock, begin, move, resolver, binding, notices } = setUp(undefined, ['dns.partial']);
    resolver.freeze('ns3.test', binding.name);
    move();
    void begin(null);
    await clock.advance(120_000);
    expect(notices).toEqual([]);
    resolver.release('ns3.test');
    await clock.advance(5_000);
    expect(notices.map(({ kind }) => kind)).toEqual(['dns.complete']);
  });

  test('all answer in time: there is no end to tell', async () => {
    const { clock, begin, move, notices } = setUp(undefined, ['dns.blocked']);
    move();
    void begin(null);
    await clock.advance(120_000);
    expect(notices).toEqual([]);
  });

  test('a server that does not answer delays no other and is named with its error', async () => {
    const { clock, begin, move, resolver, updates, steps } = setUp();
    resolver.silence('ns1.test');
    move();
    void begin(null);
    await clock.advance(2_000);
    expect(steps()).toEqual([['answered', 0]]);
    expect(updates.at(-1)?.servers.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(updates.at(-1)?.servers[0]?.error).toContain('no answer');
  });

  test('a newer epoch ends it: nothing is recorded or told after the signal', async () => {
    const { clock, begin, move, stop, updates, notices } = setUp();
    const done = begin();
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(200);
    await done;
    const before = updates.length;
    move();
    await clock.advance(120_000);
    expect([updates.length, notices.length, clock.pendingTimers]).toEqual([before, 0, 0]);
  });

  test('says which server is right, once it is', async () => {
    const { clock, begin, move, resolver, binding, right } = setUp(['ns1.test', 'ns2.test']);
    resolver.freeze('ns2.test', binding.name);
    void begin(null);
    await clock.advance(100);
    expect(right).toEqual([]);
    move();
    await clock.advance(1_000);
    expect(right).toEqual(['ns1.test']);
  });

  test('two addresses are not the new address', async () => {
    const { clock, begin, zone, binding, steps } = setUp();
    zone.put(binding.name, 'A', [addressOf(1), addressOf(2)]);
    void begin(null);
    await clock.advance(10_000);
    expect(steps()).toEqual([]);
  });

  test('an answer without authority proves nothing, and is shown as that', async () => {
    const { clock, begin, move, resolver, steps, updates } = setUp();
    const { ask } = resolver;
    resolver.ask = async (...question) => ({ ...(await ask(...question)), authoritative: false });
    move();
    void begin(null);
    await clock.advance(10_000);
    expect(steps()).toEqual([]);
    expect(updates.at(-1)?.servers[0]).toMatchObject({ ok: false, error: 'answers without authority' });
  });
});
