import { judge, type PoolEvidence, type PoolId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { anEvidence, aPool, haproxyDown } from '../../../../packages/core/testing/evidence.ts';
import { createFakeClock, memoryStore } from '../../../../testkit/src/index.ts';
import type { PoolWithMembers } from './ports.ts';
import { createStatusWriter } from './status-writer.ts';
import type { Verdict } from './verdict.ts';

const calm = anEvidence();
const down = anEvidence({ active: haproxyDown });

function scene(turnMs = 50) {
  const clock = createFakeClock();
  const store = memoryStore(clock);
  const written: { readonly rows: number; readonly hasNews: boolean | undefined; readonly atMs: number }[] = [];
  const writtenAt = new Map<string, number[]>();
  const beganAt = clock.now();
  const failing = { next: false };
  store.storeStatus = async (rows, hasNews) => {
    if (failing.next) {
      failing.next = false;
      throw new Error('away');
    }
    for (const { poolId } of rows) writtenAt.set(poolId, [...(writtenAt.get(poolId) ?? []), clock.now() - beganAt]);
    written.push({ rows: rows.length, hasNews, atMs: clock.now() - beganAt });
  };
  const writer = createStatusWriter(clock, store, { info() {}, warn() {}, error() {} });
  /** Turns of the loop, each so long after the last one. */
  async function turns(count: number, ...evidenceOf: readonly ((turn: number) => PoolEvidence)[]) {
    for (let turn = 0; turn < count; turn += 1) {
      const verdicts = evidenceOf.map((of, pool) => verdictOf(of(turn), clock.now(), `pool-${pool}`));
      writer.write(verdicts, 0);
      await clock.advance(turnMs);
    }
  }
  return { written, writtenAt, turns, failing };
}

const row: PoolWithMembers = { pool: { ...aPool, version: 0 }, members: [], bindings: [], otherAddresses: [] } as never;
const verdictOf = (evidence: PoolEvidence, judgedAt: number, poolId: string): Verdict => ({
  row: { ...row, pool: { ...row.pool, id: poolId as PoolId } },
  evidence,
  judgement: judge(evidence),
  lossDueInMs: null,
  judgedAt,
});

test('while nothing changes a judgement is stored once a second, and nobody is told', async () => {
  const { written, turns } = scene();
  await turns(60, () => calm);
  expect(written.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000]);
  expect(written.map(({ hasNews }) => hasNews)).toEqual([true, false, false]);
});

test('a change is stored in the turn that found it, and told', async () => {
  const { written, turns } = scene();
  await turns(30, (turn) => (turn < 25 ? calm : down));
  expect(written.at(-1)).toEqual({ rows: 1, hasNews: true, atMs: 1_250 });
});

test('of a pool that changes without end one change a second is told, and the last is not lost', async () => {
  const { written, turns } = scene();
  await turns(61, (turn) => (turn % 2 === 0 ? calm : down));
  expect(written.filter(({ hasNews }) => hasNews).length).toBeLessThanOrEqual(4);
  expect(written.length).toBeLessThanOrEqual(7);
  await turns(40, () => down);
  expect(written.filter(({ hasNews }) => hasNews).at(-1)?.atMs).toBeGreaterThanOrEqual(3_000);
});

test('a change whose write failed is written and told once the store is back', async () => {
  const { written, turns, failing } = scene();
  await turns(30, () => calm);
  failing.next = true;
  await turns(40, () => down);
  expect(written.filter(({ hasNews }) => hasNews)).toEqual([
    { rows: 1, hasNews: true, atMs: 0 },
    { rows: 1, hasNews: true, atMs: 2_500 }, // it failed at 1,500, and is not tried in each turn
  ]);
});

test.each([
  ['for another reason', calm, anEvidence({ pool: aPool({ paused: 'person' }) })],
  ['without being able to listen', calm, anEvidence({ listening: { ...calm.listening, blindBecause: 'database' } })],
])('the same decision %s is a change', async (_, before, after) => {
  const { written, turns } = scene();
  expect(judge(after).decision.kind).toBe(judge(before).decision.kind);
  await turns(22, (turn) => (turn < 21 ? before : after));
  expect(written.at(-1)).toEqual({ rows: 1, hasNews: true, atMs: 1_050 });
});

test('of many pools that change in turn few writes are made, and the first goes at once', async () => {
  const { written, turns } = scene();
  const pools = Array.from({ length: 40 }, (_, pool) => (turn: number) => (turn < 30 + pool ? calm : down));
  await turns(30, ...pools);
  written.length = 0;
  await turns(80, ...pools.map((of) => (turn: number) => of(turn + 30)));
  const told = written.filter(({ hasNews }) => hasNews);
  expect(told[0]?.atMs).toBe(1_500);
  expect(told.length).toBeLessThanOrEqual((40 * 50) / 150 + 1);
  expect(told.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThanOrEqual(40);
});

test('of many pools that only grow older a fifth is written at a time, and each one every 1.25 s, at first after two', async () => {
  const { written, writtenAt, turns } = scene(250);
  await turns(41, ...Array.from({ length: 200 }, () => () => calm));
  expect(Math.max(...written.slice(1).map(({ rows }) => rows))).toBe(40);
  const gaps = [...writtenAt.values()].map((at) =>
    [...at, 10_000].slice(1).map((ms, before) => ms - (at[before] ?? 0)),
  );
  expect(gaps).toHaveLength(200);
  expect(Math.max(...gaps.map(([first = 0]) => first))).toBe(2_000);
  for (const [, ...later] of gaps) expect(Math.max(...later)).toBe(1_250);
});
