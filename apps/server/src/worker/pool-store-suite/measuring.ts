import { hourMs, minuteMs } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { StoreUnderTest, Under } from './under-test.ts';

type House = Awaited<ReturnType<typeof furnish>>;

const hourSeconds = 3_600;
/** Of what a write replaced: a record with this TTL, which answered something else or the same. */
const other = (ttlSeconds: number) => ({ previousTtlSeconds: ttlSeconds, oldAnswerTtlSeconds: ttlSeconds });
const same = (ttlSeconds: number) => ({ previousTtlSeconds: ttlSeconds, oldAnswerTtlSeconds: null });

const written = (house: House, replaced: ReturnType<typeof other> | ReturnType<typeof same>, epoch = 1) =>
  house.report({ epoch, state: 'verifying', step: 'acknowledged', address: house.addressOne, ...replaced });

async function answered(house: House, epoch = 1): Promise<void> {
  await house.report({ epoch, state: 'verifying', step: 'answered' });
  await house.report({ epoch, state: 'published', step: 'all-answered' });
}
const elapsed = (house: House, epoch = 1) => house.report({ epoch, state: 'published', step: 'old-ttl-elapsed' });

/** Published under epoch 1. */
async function published(under: StoreUnderTest, replaced: Parameters<typeof written>[1]): Promise<House> {
  const house = await furnish(under);
  await house.promote({ kind: 'first-publish', to: house.one });
  await written(house, replaced);
  await answered(house);
  return house;
}

/** Steps and their ages in minutes, oldest first. */
async function agesOf(under: StoreUnderTest, { name }: House) {
  return (await under.timeline(name)).steps.map(({ step, agoMs }) => [step, Math.round(agoMs / minuteMs)]);
}
const stepsOf = async (under: StoreUnderTest, house: House) => (await agesOf(under, house)).map(([step]) => step);

async function leftMinutes(under: StoreUnderTest, { name }: House): Promise<number | null> {
  const { oldAnswerLeftMs } = await under.timeline(name);
  return oldAnswerLeftMs === null ? null : Math.round(oldAnswerLeftMs / minuteMs);
}

/** What a promotion's timeline keeps of a name: once, whatever is written under the same epoch later (PRODUCT.md section 4). */
export function describeMeasuring(under: Under): void {
  describe('what a promotion measured', () => {
    test('each step is of the first time, though the name is written and verified anew under the epoch', async () => {
      const house = await published(under(), same(60));
      await under().jumpWallClock(hourMs);
      await written(house, same(300));
      await answered(house);
      const steps = ['acknowledged', 'answered', 'all-answered'];
      expect(await agesOf(under(), house)).toEqual(steps.map((step) => [step, 60]));
    });

    test('a promotion that replaced no answer has none that runs out, whatever is replaced under its epoch later', async () => {
      const house = await published(under(), same(hourSeconds));
      expect(await leftMinutes(under(), house)).toBeNull();
      await written(house, other(hourSeconds)); // a repair of what somebody else wrote
      await answered(house);
      await elapsed(house);
      expect(await leftMinutes(under(), house)).toBeNull();
      expect(await stepsOf(under(), house)).not.toContain('old-ttl-elapsed');
    });

    test('the answer that it did replace runs out when it would have, and that is when it did, however late it is said', async () => {
      const house = await published(under(), other(hourSeconds));
      await under().jumpWallClock(20 * minuteMs);
      await written(house, other(24 * hourSeconds));
      await answered(house);
      await elapsed(house); // of the second write alone
      expect(await leftMinutes(under(), house)).toBe(40);
      expect(await stepsOf(under(), house)).not.toContain('old-ttl-elapsed');
      await under().jumpWallClock(70 * minuteMs);
      await elapsed(house);
      await elapsed(house);
      expect((await agesOf(under(), house)).at(-1)).toEqual(['old-ttl-elapsed', 30]);
    });

    test('the next epoch has steps of its own, and what an earlier record still lives for counts with its answer', async () => {
      const house = await published(under(), same(60));
      await written(house, same(2 * hourSeconds)); // its TTL was 2 h
      await house.promote({ to: house.two, expectedEpoch: 1 });
      await written(house, other(60), 2);
      expect(await leftMinutes(under(), house)).toBe(120);
      await written(house, same(60), 2);
      const { steps } = await under().timeline(house.name);
      expect(steps.filter(({ step }) => step === 'acknowledged').map(({ epoch }) => epoch)).toEqual([1, 2]);
    });

    test('what a superseded epoch says of its old answer is not kept: what is kept may be of the next one', async () => {
      const house = await published(under(), other(1));
      await house.promote({ to: house.two, expectedEpoch: 1 });
      await written(house, same(60), 2);
      await answered(house, 2);
      await elapsed(house, 1);
      expect(await stepsOf(under(), house)).not.toContain('old-ttl-elapsed');
    });

    test('an epoch that replaced no answer is not told the end of an earlier one’s', async () => {
      const house = await published(under(), other(60));
      await under().jumpWallClock(hourMs);
      await house.promote({ to: house.two, expectedEpoch: 1 });
      await written(house, same(60), 2);
      await answered(house, 2);
      await elapsed(house, 2); // of a repair
      expect(await stepsOf(under(), house)).not.toContain('old-ttl-elapsed');
    });
  });
}

/** It may be said too early: whoever says it counts from the provider's acknowledgement, the store from when that was stored. */
export function describeEndOfOldAnswer(under: Under): void {
  describe('the end of an old answer', () => {
    test('said too early, as of a write that was stored late, it waits: what is left is told, and after that it is kept', async () => {
      const house = await published(under(), other(hourSeconds));
      expect(Math.round((await elapsed(house)) / minuteMs)).toBe(60);
      await under().jumpWallClock(45 * minuteMs);
      expect(Math.round((await elapsed(house)) / minuteMs)).toBe(15);
      expect(await stepsOf(under(), house)).not.toContain('old-ttl-elapsed');
      await under().jumpWallClock(15 * minuteMs);
      expect(await elapsed(house)).toBe(0);
      expect(await elapsed(house)).toBe(0);
      expect((await agesOf(under(), house)).at(-1)).toEqual(['old-ttl-elapsed', 0]);
    });

    test('nothing is left of it where nobody asked for it yet, where it replaced none, and of a superseded epoch', async () => {
      const house = await published(under(), same(hourSeconds));
      expect(await elapsed(house)).toBe(0);
      await house.promote({ to: house.two, expectedEpoch: 1 });
      expect(await written(house, other(hourSeconds), 2)).toBe(0);
      expect(await elapsed(house, 2)).toBe(0); // not every server answers
      await answered(house, 2);
      expect(await elapsed(house, 1)).toBe(0);
    });
  });
}
