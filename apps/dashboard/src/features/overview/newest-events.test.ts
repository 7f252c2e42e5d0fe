import type { EventView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { newestOf } from './newest-events.ts';

const events = (...seqs: readonly number[]): readonly EventView[] =>
  seqs.map((seq) => ({
    ...{ seq, at: '2026-11-24T08:20:00.000Z', kind: 'member.added', severity: 'info', poolId: 'pool' },
    ...{ memberId: null, sentence: 'It was added.', details: {} },
  }));
const seqs = (read: readonly EventView[], live: readonly EventView[]) =>
  newestOf(read, live, 'pool').map(({ seq }) => seq);

test('what came while the page was open stands above what was read, each once', () => {
  expect(seqs(events(5, 6, 7), events(7, 8))).toEqual([8, 7, 6, 5]);
  expect(seqs([], events(8, 9))).toEqual([9, 8]);
  expect(newestOf([], events(8), 'other')).toEqual([]);
});

test('what is older than all that was read is left out: between the two there may be others', () => {
  expect(seqs(events(500, 501), events(40, 41, 502))).toEqual([502, 501, 500]);
});
