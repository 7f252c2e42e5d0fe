import { judge, type PoolEvidence } from '@serverctl/core';
import { expect, test } from 'vitest';
import { anEvidence, aPool, haproxyDown } from '../../../../packages/core/testing/evidence.ts';
import { createFakeClock, memoryStore } from '../../../../testkit/src/index.ts';
import type { PoolWithMembers } from './ports.ts';
import { createStatusWriter } from './status-writer.ts';
import type { Verdict } from './verdict.ts';

const calm = anEvidence();
const down = anEvidence({ active: haproxyDown });

function scene() {
  const clock = createFakeClock();
  const store = memoryStore(clock);
  const written: { readonly rows: number; readonly hasNews: boolean | undefined; readonly atMs: number }[] = [];
  const beganAt = clock.now();
  store.storeStatus = async (rows, hasNews) => {
    written.push({ rows: rows.length, hasNews, atMs: clock.now() - beganAt });
  };
  const writer = createStatusWriter(clock, store, { info() {}, warn() {}, error() {} });
  /** Turns of the loop, each 50 ms after the last one. */
  async function turns(count: number, evidenceOf: (turn: number) => PoolEvidence) {
    for (let turn = 0; turn < count; turn += 1) {
      writer.write([verdictOf(evidenceOf(turn), clock.now())], 0);
      await clock.advance(50);
    }
  }
  return { written, turns };
}

const row: PoolWithMembers = { pool: { ...aPool, version: 0 }, members: [], bindings: [], otherAddresses: [] } as never;
const verdictOf = (evidence: PoolEvidence, judgedAt: number): Verdict => ({
  row,
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
