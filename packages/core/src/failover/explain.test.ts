import { describe, expect, it } from 'vitest';
import {
  aFleet,
  aMember,
  anEvidence,
  aPool,
  haproxyDown,
  listening,
  lost,
  memberId,
  zonesOf,
} from '../../testing/evidence.ts';
import type { PoolEvidence } from './evidence.ts';
import { judge } from './judge-pool.ts';

const heard = (silentMs: number, provenSilentMs = silentMs) => ({ kind: 'heard' as const, silentMs, provenSilentMs });
const blind = { ...listening, blindBecause: 'lease' as const };
const silentFleet = { ...listening, heardMembers: 0, nobodyHeardForMs: 65_000 };
const failback = { policy: 'automatic' as const, afterMinutes: 10, window: null };
const preferred = [aMember(1), aMember(2, { priority: 1, healthyForMs: 600_000 })];

const silentZones = zonesOf([12, 7]);

const table: readonly (readonly [PoolEvidence, string])[] = [
  [
    anEvidence({ active: lost }),
    'Promote lb2.example.com: lb1.example.com has sent no heartbeat for 30.0 s of listening; lb2 is first of 2 ready standbys.',
  ],
  [
    anEvidence({ members: [aMember(1, haproxyDown), aMember(2)] }),
    'Promote lb2.example.com: HAProxy on lb1.example.com has been inactive for 1.2 s (haproxy.service: failed); lb2 is first of 1 ready standby.',
  ],
  [
    anEvidence({ members: preferred, pool: aPool({ failback }) }),
    'Promote lb2.example.com: it is the preferred member and has been healthy for 10 min 0 s.',
  ],
  [anEvidence(), 'Keep lb1.example.com: it is healthy.'],
  [
    anEvidence({ pool: aPool({ activeMemberId: null }) }),
    'Keep: the pool has no active member yet; confirm the first publish.',
  ],
  [
    anEvidence({ pool: aPool({ activeMemberId: memberId(9) }) }),
    'Keep the active member: nothing is known of it that would move a record.',
  ],
  [anEvidence({ active: { hearing: heard(8_000) } }), 'Wait 22.0 s: lb1.example.com has sent no heartbeat for 8.0 s.'],
  [
    anEvidence({ active: { hearing: heard(60_000, 0) } }),
    'Wait: lb1.example.com is not proven lost, since part of that time we could not have heard it, or other settings held.',
  ],
  [
    anEvidence({ active: lost, listening: blind }),
    'Wait: nothing is promoted now, since this process does not hold the failover lease.',
  ],
  [
    anEvidence({ active: { haproxy: { kind: 'neutral', unit: 'u.service', because: 'starting', leftMs: 900 } } }),
    'Wait 0.9 s: HAProxy on lb1.example.com is starting (u.service).',
  ],
  [
    anEvidence({ active: { haproxy: { kind: 'inactive', unit: 'u.service', state: 'failed', forMs: 400 } } }),
    'Wait 0.6 s: HAProxy on lb1.example.com has been inactive for 0.4 s (u.service: failed), which is within the grace.',
  ],
  [
    anEvidence({ active: lost, lastPromotionAgeMs: 4_000 }),
    'Wait 6.0 s: lb1.example.com is in trouble, and the last promotion was less than 10 s ago.',
  ],
  [
    anEvidence({ active: lost, pool: aPool({ held: true }) }),
    'Held: lb1.example.com has sent no heartbeat for 30.0 s of listening, and the pool has moved too often by itself; a person must acknowledge it.',
  ],
  [
    anEvidence({ active: lost, pool: aPool({ automaticFailover: false }) }),
    'Do nothing: lb1.example.com has sent no heartbeat for 30.0 s of listening, and automatic failover is off.',
  ],
  [
    anEvidence({ members: [aMember(1, lost)] }),
    'Do nothing: lb1.example.com has sent no heartbeat for 30.0 s of listening, and automatic failover needs a second member.',
  ],
  [
    anEvidence({ members: [aMember(1, lost), aMember(2, haproxyDown)] }),
    'Keep the record: lb1.example.com has sent no heartbeat for 30.0 s of listening, and no standby is ready; the first to become ready is promoted.',
  ],
  [
    anEvidence({ active: lost, listening: silentFleet }),
    'Do nothing: no member at all has been heard for 1 min 5 s, so the fault may be ours.',
  ],
  [
    anEvidence({ maintenanceLeftMs: 725_000 }),
    'Keep lb1.example.com: the pool is in maintenance for 12 min 5 s more, and only a switchover that names its target acts.',
  ],
  [
    anEvidence({ active: { ...lost, maintenanceLeftMs: 60_000 }, maintenanceLeftMs: 5_000 }),
    'Do nothing: lb1.example.com has sent no heartbeat for 30.0 s of listening, and lb1.example.com is in maintenance for 1 min 0 s more; only a switchover that names its target acts.',
  ],
  [
    anEvidence({ active: { maintenanceLeftMs: 60_000 } }),
    'Keep lb1.example.com: lb1.example.com is in maintenance for 1 min 0 s more, and nothing moves away from it by itself.',
  ],
  [
    anEvidence({ active: { ...haproxyDown, maintenanceLeftMs: 60_000 } }),
    'Do nothing: HAProxy on lb1.example.com has been inactive for 1.2 s (haproxy.service: failed), and lb1.example.com is in maintenance for 1 min 0 s more; nothing moves away from it by itself.',
  ],
  [
    anEvidence({ pool: aPool({ paused: 'person' }) }),
    'Keep lb1.example.com: the pool is paused by a person, and only a switchover that names its target acts; `serverctl pool resume` ends it.',
  ],
  [
    anEvidence({ active: lost, pool: aPool({ paused: 'foreign-mark' }) }),
    'Do nothing: lb1.example.com has sent no heartbeat for 30.0 s of listening, and the pool is paused because another control plane’s mark was read at one of its names; only a switchover that names its target acts; `serverctl pool resume` ends it.',
  ],
  [
    anEvidence({ active: lost, fleet: aFleet({ zones: silentZones, promotionAgesMs: [4_000] }) }),
    'Wait 6.0 s: lb1.example.com has sent no heartbeat for 30.0 s of listening, but 7 of 12 members are silent: one promotion per 10 s; `serverctl brakes release` lifts this for 10 minutes.',
  ],
  [
    anEvidence({ active: lost, fleet: aFleet({ zones: silentZones }) }),
    'Promote lb2.example.com: lb1.example.com has sent no heartbeat for 30.0 s of listening; lb2 is first of 2 ready standbys; 7 of 12 members are silent: one promotion per 10 s, `serverctl brakes release` lifts this for 10 minutes.',
  ],
  [
    anEvidence({ members: preferred, pool: aPool({ failback }), fleet: aFleet({ zones: silentZones }) }),
    'Wait 10.0 s: traffic is due to go back to the preferred member, but 7 of 12 members are silent: no traffic goes back until they are heard; `serverctl brakes release` lifts this for 10 minutes.',
  ],
  [
    anEvidence({ active: haproxyDown, fleet: aFleet({ promotionAgesMs: Array.from({ length: 10 }, () => 40_000) }) }),
    'Wait 20.0 s: HAProxy on lb1.example.com has been inactive for 1.2 s (haproxy.service: failed), but 10 automatic promotions were made in the last minute and 10 are allowed; `serverctl brakes release` lifts this for 10 minutes.',
  ],
  [
    anEvidence({ active: { ...lost, zone: 'a' }, fleet: aFleet({ zones: zonesOf([8, 8], [4, 0]) }) }),
    'Promote lb2.example.com: lb1.example.com has sent no heartbeat for 30.0 s of listening; lb2 is first of 2 ready standbys; the zone a is dead, so the brakes do not bind.',
  ],
  [
    anEvidence({ active: lost, fleet: aFleet({ brakesReleasedForMs: 1 }) }),
    'Promote lb2.example.com: lb1.example.com has sent no heartbeat for 30.0 s of listening; lb2 is first of 2 ready standbys; a person has released the brakes.',
  ],
  [
    anEvidence({ unpublished: { from: memberId(3) } }),
    'Promote lb3.example.com again: the promotion of lb1.example.com was never written, the record names lb3 still, and it is ready.',
  ],
];

describe('every decision is explained in one sentence (R14)', () => {
  it.each(table)('%#', (evidence, sentence) => {
    expect(judge(evidence).sentence).toBe(sentence);
  });
});
