import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { poolsCsv } from './csv.ts';
import { lastChangeOf } from './last-change.ts';

const at = '2026-11-24T08:20:00.000Z';

test('what changed last is the promotion of the present epoch; before there is one, when the pool was added', () => {
  expect(lastChangeOf({ lastPromotion: { kind: 'failover', at }, createdAt: 'x' })).toEqual({ word: 'Failover', at });
  expect(lastChangeOf({ lastPromotion: { kind: 'first-publish', at }, createdAt: 'x' }).word).toBe('Never moved');
  expect(lastChangeOf({ lastPromotion: null, createdAt: at })).toEqual({ word: 'Created', at });
});

test('a line for each pool; what a spreadsheet would take for a formula is text', () => {
  const [head, first, second] = poolsCsv([pool(), pool({ name: '=1,1', activeMemberId: null })]).split('\r\n');
  expect(head?.split(',').slice(0, 3)).toEqual(['pool', 'preset', 'names']);
  expect(first).toBe(
    `web-edge,haproxy,lb.example.com,calm,fra.example.com,192.0.2.11,ams.example.com,on,15,Switchover,${at}`,
  );
  expect(second).toMatch(/^"'=1,1",haproxy,lb\.example\.com,calm,,,/);
});
