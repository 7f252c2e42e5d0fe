import type { EventView, MemberStatus, MemberTraffic, PoolView } from '@serverctl/contract';
import { memberStatus, type PoolChanges, poolView } from '@serverctl/contract/testing';

/** Views as the desk reads them; a test changes what it is about. */

const since = '2026-11-01T11:00:00.000Z';

export function aTraffic(change: Partial<MemberTraffic> = {}): MemberTraffic {
  return { version: '2.6.12', uptimeSeconds: 60, sessions: 4, sessionRate: 2, requestRate: 9, ageMs: 100, ...change };
}

export function aMember(id: string, change: Partial<MemberStatus> = {}): MemberStatus {
  const standingSentence = `Ready: ${id} has been healthy for 12 min 5 s and is first of 1.`;
  return memberStatus({ id, hostname: `${id}.example.com`, standingSentence, ...change });
}

export function aView(id: string, { status, ...change }: PoolChanges = {}): PoolView {
  return poolView({ id, name: `pool ${id}`, ...change, status: { members: [aMember('m1')], ...status } });
}

export function anEvent(seq: number, change: Partial<EventView> = {}): EventView {
  return {
    seq,
    at: since,
    kind: 'pool.changed',
    severity: 'info',
    poolId: 'A',
    memberId: null,
    sentence: `Event ${seq}.`,
    details: {},
    ...change,
  };
}
