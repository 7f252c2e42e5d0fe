import type { PromotionDetail } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { promotion, stepsAt } from '../../lib/testing/promotions.ts';
import { ticksOf, waterfallOf } from './waterfall.ts';

const why = { failoverDelayMs: 15_000, haproxyGraceMs: 1_000 } as PromotionDetail['why'];
const nowMs = Date.parse('2026-11-24T08:20:05.000Z');
const drawn = (otherwise: Parameters<typeof promotion>[0] = {}, records = 1) =>
  waterfallOf(promotion(otherwise), why, records, nowMs);
const lengths = ({ bars }: ReturnType<typeof drawn>) =>
  bars.map(({ title, fromMs, toMs }) => `${title} ${toMs - fromMs}`);

test('the stretches follow each other on one scale, and what was waited for by setting is the person’s', () => {
  const steps = [...promotion().steps, ...stepsAt(['old-ttl-elapsed', 31_087])];
  const waterfall = drawn({ steps });
  expect(lengths(waterfall)).toEqual([
    'Silence until detected 15113',
    'Decision 4',
    'Provider acknowledged 177',
    'Name servers answer 906',
    'TTL in resolvers 30000',
  ]);
  expect(waterfall.spanMs).toBe(46_200);
  expect(waterfall.byUsMs).toBe(113 + 4 + 177 + 906);
  expect(waterfall).toMatchObject({ byYouMs: 45_000, byYou: 'failover delay 15.0 s, TTL 30.0 s' });
});

test('of HAProxy’s failure the grace is the person’s', () => {
  const steps = stepsAt(['detected', 0], ['decided', 1_020], ['acknowledged', 1_100], ['all-answered', 1_200]);
  const waterfall = drawn({ cause: 'haproxy-inactive', steps });
  expect(lengths(waterfall)[0]).toBe('HAProxy inactive, decided 1020');
  expect(waterfall).toMatchObject({ byUsMs: 200, byYouMs: 1_000, byYou: 'HAProxy grace 1.0 s' });
});

test('a wait for a ready standby is neither ours nor set', () => {
  const steps = stepsAt(['detected', 0], ['decided', 13_100], ['acknowledged', 13_200], ['all-answered', 13_300]);
  expect(drawn({ cause: 'haproxy-inactive', steps })).toMatchObject({ byUsMs: 200, byYouMs: 1_000, besidesMs: 12_100 });
  const lost = stepsAt(['last-heartbeat', -15_100], ['detected', 0], ['decided', 40_000], ['acknowledged', 40_050]);
  expect(drawn({ steps: lost })).toMatchObject({ byUsMs: 150, byYouMs: 15_000, besidesMs: 40_000 });
});

test('what waits for its next point runs until now, and only that', () => {
  const steps = stepsAt(['decided', 0], ['acknowledged', 1_000]);
  const { bars } = drawn({ steps, state: 'verifying' });
  expect(bars.at(-1)).toMatchObject({ title: 'Name servers answer', fromMs: 1_000, toMs: 5_000, at: null });
  expect(drawn({ steps, state: 'superseded' }).bars).toHaveLength(1);
});

test('a point that not every record has reached is not reached', () => {
  const steps = stepsAt(['decided', 0], ['acknowledged', 100]);
  expect(drawn({ steps, state: 'publishing' }, 2).bars).toMatchObject([{ title: 'Provider acknowledged', at: null }]);
});

test('of one that is over a point is reached by every record that was written, whatever the pool has by now', () => {
  const other = { ...promotion().steps[3], name: 'api.example.com' } as ReturnType<typeof stepsAt>[number];
  const titles = drawn({ steps: [...promotion().steps, other], state: 'superseded' }, 1).bars.map(({ title }) => title);
  expect(titles).toContain('Provider acknowledged');
  expect(titles).not.toContain('Name servers answer');
});

test('the scale has at most five guides, in round numbers', () => {
  expect(ticksOf(46_200)).toEqual({ everyMs: 10_000, ticks: [0, 10_000, 20_000, 30_000, 40_000] });
  expect(ticksOf(180)).toEqual({ everyMs: 50, ticks: [0, 50, 100, 150] });
});
