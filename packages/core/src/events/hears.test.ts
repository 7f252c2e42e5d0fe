import { expect, test } from 'vitest';
import type { EventKind } from './catalogue.ts';
import type { EventSeverity } from './event-spec.ts';
import { type ChannelChoice, hears } from './hears.ts';

const everything: ChannelChoice = { id: 'c1', leastSeverity: 'info', kinds: null, poolIds: null };

/** [what the channel chose, the event, whether it hears of it] */
const cases: readonly (readonly [Partial<ChannelChoice>, string, 'yes' | 'no' | 'if-told'])[] = [
  [{}, 'info pool.changed p1', 'yes'],
  [{}, 'critical fleet.nobody-heard -', 'yes'],
  [{ leastSeverity: 'warning' }, 'info pool.promoted p1', 'no'],
  [{ leastSeverity: 'warning' }, 'critical pool.promoted p1', 'yes'],
  [{ poolIds: ['p1'] }, 'critical pool.promoted p1', 'yes'],
  [{ poolIds: ['p1'] }, 'critical pool.promoted p2', 'no'],
  [{ poolIds: ['p1'] }, 'critical fleet.nobody-heard -', 'no'],
  [{ kinds: ['pool.held'] }, 'critical pool.promoted p1', 'no'],
  [{ kinds: ['pool.held'], leastSeverity: 'critical' }, 'critical pool.held p1', 'yes'],
  [{ leastSeverity: 'critical' }, 'info pool.recovered p1', 'if-told'],
  [{ kinds: ['pool.held'] }, 'info pool.recovered p1', 'if-told'],
  [{ kinds: ['pool.recovered'] }, 'info pool.recovered p1', 'yes'],
  [{ kinds: ['pool.recovered'], leastSeverity: 'warning' }, 'info pool.recovered p1', 'if-told'],
  [{ poolIds: ['p2'] }, 'info pool.recovered p1', 'no'],
];

test.each(cases)('a channel that chose %o of %s: %s', (chosen, text, heard) => {
  const [severity, kind, pool] = text.split(' ') as [EventSeverity, EventKind, string];
  const event = { severity, kind, poolId: pool === '-' ? null : pool, details: {} };
  expect(hears({ ...everything, ...chosen }, event)).toBe(heard);
});

test('a channel is not told that it fails itself, others are', () => {
  const event = { kind: 'channel.failing', severity: 'warning', poolId: null, details: { channelId: 'c1' } } as const;
  expect(hears(everything, event)).toBe('no');
  expect(hears({ ...everything, id: 'c2' }, event)).toBe('yes');
});
