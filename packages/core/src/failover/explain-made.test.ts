import { describe, expect, it } from 'vitest';
import { aFleet, aMember, anEvidence, aPool, haproxyDown, lost, memberId, zonesOf } from '../../testing/evidence.ts';
import type { PoolEvidence } from './evidence.ts';
import { explainMade } from './explain-made.ts';
import { judge } from './judge-pool.ts';

const failback = { policy: 'automatic' as const, afterMinutes: 10, window: null };
const preferred = [aMember(1), aMember(2, { priority: 1, healthyForMs: 600_000 })];
const table: readonly (readonly [PoolEvidence, string])[] = [
  [
    anEvidence({ active: lost }),
    'lb2.example.com was made active: lb1.example.com had sent no heartbeat for 30.0 s of listening; lb2 was first of 2 ready standbys.',
  ],
  [
    anEvidence({ members: [aMember(1, haproxyDown), aMember(2)] }),
    'lb2.example.com was made active: HAProxy on lb1.example.com had been inactive for 1.2 s (haproxy.service: failed); lb2 was first of 1 ready standby.',
  ],
  [
    anEvidence({ members: preferred, pool: aPool({ failback }) }),
    'lb2.example.com was made active: it was the preferred member and had been healthy for 10 min 0 s.',
  ],
  [
    anEvidence({ unpublished: { from: memberId(3) } }),
    'lb3.example.com was made active again: the promotion of lb1.example.com had never been written, the record still named lb3, and it was ready.',
  ],
  [
    anEvidence({ active: lost, fleet: aFleet({ zones: zonesOf([12, 7]) }) }),
    'lb2.example.com was made active: lb1.example.com had sent no heartbeat for 30.0 s of listening; lb2 was first of 2 ready standbys; 7 of 12 members were silent: one promotion per 10 s, `serverctl brakes release` lifts this for 10 minutes.',
  ],
  [
    anEvidence({ active: { ...lost, zone: 'a' }, fleet: aFleet({ zones: zonesOf([8, 8], [4, 0]) }) }),
    'lb2.example.com was made active: lb1.example.com had sent no heartbeat for 30.0 s of listening; lb2 was first of 2 ready standbys; the zone a was dead, so the brakes did not bind.',
  ],
  [
    anEvidence({ active: lost, fleet: aFleet({ brakesReleasedForMs: 1 }) }),
    'lb2.example.com was made active: lb1.example.com had sent no heartbeat for 30.0 s of listening; lb2 was first of 2 ready standbys; a person had released the brakes.',
  ],
];

describe('a promotion that was made is told in the past, and no order', () => {
  it.each(table)('%#', (evidence, sentence) => {
    const { decision, standings } = judge(evidence);
    if (decision.kind !== 'promote') throw new Error(`It is no promotion: ${decision.kind}`);
    expect(explainMade(decision, evidence, standings)).toBe(sentence);
  });
});
