import { judge, type PoolEvidence, type PoolId } from '@serverctl/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anEvidence, aPool, haproxyDown, memberId } from '../../../../packages/core/testing/evidence.ts';
import { createFakeClock, memoryStore } from '../../../../testkit/src/index.ts';
import { createDecisionLog } from './decision-log.ts';
import type { PoolWithMembers } from './ports.ts';
import type { Verdict } from './verdict.ts';

const fence = { holder: 'one', term: 1 };
const calm = anEvidence();
const down = anEvidence({ active: haproxyDown });

function scene() {
  const clock = createFakeClock();
  const store = memoryStore(clock);
  /** What becomes of a write; a test puts its own here. */
  const wire = { carry: (write: () => Promise<void>) => write() };
  const recordDecisions = (sent: Parameters<typeof store.recordDecisions>[0]) =>
    wire.carry(() => store.recordDecisions(sent));
  const log = createDecisionLog(clock, { recordDecisions }, { info() {}, warn() {}, error() {} });
  const beganAt = clock.now();
  return {
    clock,
    wire,
    log,
    note(evidence: PoolEvidence, ids: readonly PoolId[] = [evidence.pool.id]) {
      log.note(
        ids.map((id) => verdictOf({ ...evidence, pool: { ...evidence.pool, id } }, clock.now())),
        fence,
      );
      log.write();
    },
    /** Turns of the loop without news. */
    async turns(ms: number) {
      for (let left = ms; left > 0; left -= 250) {
        await clock.advance(250);
        log.write();
      }
    },
    wait: (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve)),
    /** In the order of their times: what, and how long after the beginning. */
    kept: () =>
      [...store.house.decisions.values()]
        .toSorted((one, other) => one.at - other.at)
        .map(({ decision, at }) => [decision.kind, at - beganAt] as const),
    ids: () => [...store.house.decisions.values()].map(({ poolId }) => poolId),
  };
}

function verdictOf(evidence: PoolEvidence, judgedAt: number): Verdict {
  const row = { pool: evidence.pool } as PoolWithMembers; // the log asks for nothing else of it
  return { row, evidence, judgement: judge(evidence), lossDueInMs: null, judgedAt };
}

let at: ReturnType<typeof scene>;
beforeEach(() => {
  at = scene();
});
afterEach(() => at.log.end());

test('decisions that were made while the database was away are kept under their own times', async () => {
  at.wire.carry = () => Promise.reject(new Error('away'));
  at.note(calm);
  await at.turns(20_000);
  at.note(down);
  await at.turns(10_000);
  expect(at.kept()).toEqual([]);
  at.wire.carry = (write) => write();
  await at.turns(1_000);
  expect(at.kept()).toEqual([
    ['keep', 0],
    ['promote', 20_000],
  ]);
});

const many = Array.from({ length: 120 }, (_, index) => `pool${String(index).padStart(8, '0')}` as PoolId);

test.each([
  ['was not stored', () => new Promise<void>(() => undefined)],
  ['was stored', (write: () => Promise<void>) => write().then(() => new Promise<void>(() => undefined))],
])('a write without an answer that %s loses no decision and keeps none twice', async (_, carry) => {
  at.wire.carry = carry;
  at.note(calm, many);
  await at.turns(5_000);
  at.wire.carry = (write) => write();
  await at.turns(5_000);
  expect(at.ids().toSorted()).toEqual(many);
});

test('a write that took long does not put its decision behind a later one', async () => {
  at.wire.carry = async (write) => {
    await at.wait(1_500);
    await write();
  };
  at.note(calm);
  await at.clock.advance(250);
  at.note(down);
  await at.clock.advance(1_250);
  at.wire.carry = (write) => write();
  await at.turns(1_000);
  expect(at.kept().map(([kind]) => kind)).toEqual(['keep', 'promote']);
  expect(at.kept()[1]?.[1]).toBeLessThanOrEqual(1_500);
});

test('a decision is another one when it is about another active member, or under another epoch', async () => {
  const moved = aPool({ epoch: 8, activeMemberId: memberId(2) });
  for (const pool of [aPool(), aPool(), aPool({ epoch: 8 }), moved, moved]) at.note({ ...calm, pool });
  await at.turns(250);
  expect(at.kept().map(([kind]) => kind)).toEqual(['keep', 'keep', 'keep']);
});
