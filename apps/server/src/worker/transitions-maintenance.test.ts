import { minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { aMember, anEvidence } from '../../../../packages/core/testing/evidence.ts';
import { createMaintenanceTransitions } from './transitions-maintenance.ts';
import type { Verdict } from './verdict.ts';

/** One look: what is left of the pool's maintenance and of the first member's own. */
function look(poolMs: number | null, memberMs: number | null): Verdict {
  const evidence = {
    ...anEvidence(),
    members: [aMember(1, { maintenanceLeftMs: memberMs })],
    maintenanceLeftMs: poolMs,
  };
  return { row: { pool: { ...evidence.pool, name: 'edge' } }, evidence } as unknown as Verdict;
}

test.each([
  ['expires', 1_000],
  ['is ended by a person', 60 * minuteMs],
])('a maintenance that %s is told to be over once, under one kind', (_how, lastMs) => {
  const told = createMaintenanceTransitions();
  const kinds = (poolMs: number | null, memberMs: number | null) =>
    told(look(poolMs, memberMs)).map(({ kind }) => kind);
  expect(kinds(lastMs, lastMs)).toEqual([]);
  expect(kinds(null, lastMs)).toEqual(['pool.maintenance-over']);
  expect(kinds(null, null)).toEqual(['member.maintenance-over']);
  expect(kinds(null, null)).toEqual([]);
});
