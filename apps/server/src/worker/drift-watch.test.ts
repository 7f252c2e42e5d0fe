import type { DnsName } from '@serverctl/core';
import { createMemoryZone } from '@serverctl/dns';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  addressOf,
  buildBinding,
  createFakeClock,
  memoryResolver,
  seededRandom,
} from '../../../../testkit/src/index.ts';
import { answerText, createDifferences, createDriftWatch } from './drift-watch.ts';

function setUp() {
  const clock = createFakeClock();
  const zone = createMemoryZone('example.com' as DnsName);
  const binding = buildBinding();
  const resolver = memoryResolver(zone);
  const stop = new AbortController();
  const put = (member: number) => zone.put(binding.name, 'A', [addressOf(member)]);
  const differences = createDifferences(clock);
  const seen = { expected: answerText([addressOf(1)]) as string | null, differences: 0 };
  put(1);
  const ended = createDriftWatch({ clock, random: seededRandom(1), resolver }).watch(
    {
      binding,
      expected: () => seen.expected,
      differences,
      differs() {
        seen.differences += 1;
      },
    },
    stop.signal,
  );
  return { clock, zone, binding, resolver, stop, put, seen, differences, ended };
}

let scene: ReturnType<typeof setUp>;
beforeEach(async () => {
  scene = setUp();
  await scene.clock.advance(60_000);
  expect(scene.seen.differences).toBe(0);
});
afterEach(async () => {
  scene.stop.abort();
  await scene.clock.advance(200);
  await scene.ended;
  expect(scene.clock.pendingTimers).toBe(0);
});

test('each server is asked once every 15 s, spread by a tenth', async () => {
  const { asked } = scene.resolver;
  await scene.clock.advance(15 * 60_000);
  expect((scene.resolver.asked - asked) / 2).toBeGreaterThanOrEqual(54);
  expect((scene.resolver.asked - asked) / 2).toBeLessThanOrEqual(67);
});

test('a change is a difference within 17 s, once, however long it stands', async () => {
  scene.put(2);
  await scene.clock.advance(17_000);
  expect(scene.seen.differences).toBe(1);
  await scene.clock.advance(9 * 60_000);
  expect(scene.seen.differences).toBe(1);
});

test('a deleted record is a difference', async () => {
  scene.zone.put(scene.binding.name, 'A', []);
  await scene.clock.advance(17_000);
  expect(scene.seen.differences).toBe(1);
});

test('a second, other change is another difference', async () => {
  scene.put(2);
  await scene.clock.advance(17_000);
  scene.put(3);
  await scene.clock.advance(17_000);
  expect(scene.seen.differences).toBe(2);
});

test('a server that wavers between two answers is told of once in ten minutes', async () => {
  for (let turn = 0; turn < 120; turn += 1) {
    scene.put(turn % 2 === 0 ? 2 : 1);
    await scene.clock.advance(15_000);
  }
  expect(scene.seen.differences).toBeGreaterThanOrEqual(1);
  expect(scene.seen.differences).toBeLessThanOrEqual(4);
});

test('a server that still answers what was before has only not followed yet', async () => {
  scene.resolver.freeze('ns2.test', scene.binding.name);
  scene.put(2);
  scene.seen.expected = answerText([addressOf(2)]);
  await scene.clock.advance(30 * 60_000);
  expect(scene.seen.differences).toBe(0);
  scene.resolver.release('ns2.test');
  await scene.clock.advance(17_000);
  scene.resolver.freeze('ns1.test', scene.binding.name);
  scene.put(3);
  await scene.clock.advance(17_000);
  expect(scene.seen.differences).toBe(1);
});

test('what was answered while the record was read or written anew is not compared with what is expected since', async () => {
  const { ask } = scene.resolver;
  scene.resolver.ask = async (...question) => {
    const answer = await ask(...question);
    const text = answerText([addressOf(2)]);
    scene.put(2);
    scene.seen.expected = text;
    scene.differences.note([{ server: question[0], text }], text); // as the verifier does, which was quicker
    return answer;
  };
  await scene.clock.advance(17_000);
  scene.resolver.ask = ask;
  await scene.clock.advance(60_000);
  expect(scene.seen.differences).toBe(0);
});

test('silence, an error, and an answer without authority prove nothing', async () => {
  const { ask } = scene.resolver;
  scene.resolver.silence('ns1.test');
  scene.resolver.ask = async (...question) => ({ ...(await ask(...question)), authoritative: false });
  scene.put(2);
  await scene.clock.advance(60_000);
  scene.resolver.ask = async (...question) => ({ ...(await ask(...question)), rcode: 'SERVFAIL', addresses: [] });
  await scene.clock.advance(60_000);
  expect(scene.seen.differences).toBe(0);
  scene.resolver.ask = ask;
  await scene.clock.advance(17_000);
  expect(scene.seen.differences).toBe(1); // ns2 answers, although ns1 is silent
});

test('nobody is asked while there is nothing to compare with', async () => {
  scene.seen.expected = null;
  const { asked } = scene.resolver;
  await scene.clock.advance(600_000);
  expect(scene.resolver.asked).toBe(asked);
});
