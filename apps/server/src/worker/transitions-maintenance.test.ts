import { minuteMs } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
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

describe('one that was begun under another leader', () => {
  const poolId = look(null, null).row.pool.id;
  const about = { poolId, memberId: null, bindingId: null, epoch: null };
  const wasTold = (kind: 'pool.maintenance' | 'pool.maintenance-ending') => {
    const told = createMaintenanceTransitions([{ ...about, kind }]);
    return (leftMs: number | null) => told(look(leftMs, null)).map(({ kind }) => kind);
  };

  test('for less than 10 min is not announced to end by the change of the leader', () => {
    const told = wasTold('pool.maintenance');
    expect([told(8 * minuteMs), told(1 * minuteMs), told(null)]).toEqual([[], [], ['pool.maintenance-over']]);
  });

  test('for longer is announced when it has 10 min left', () => {
    const told = wasTold('pool.maintenance');
    expect([told(12 * minuteMs), told(9 * minuteMs), told(8 * minuteMs)]).toEqual([
      [],
      ['pool.maintenance-ending'],
      [],
    ]);
  });

  test('and was announced is announced again when it was extended', () => {
    const told = wasTold('pool.maintenance-ending');
    expect([told(9 * minuteMs), told(60 * minuteMs), told(9 * minuteMs)]).toEqual([
      [],
      [],
      ['pool.maintenance-ending'],
    ]);
  });
});
