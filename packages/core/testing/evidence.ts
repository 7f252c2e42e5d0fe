import type { FleetEvidence, Pool, PoolEvidence, PoolId, ZoneEvidence } from '../src/index.ts';
import {
  defaultPoolSettings,
  type Listening,
  type MemberEvidence,
  type MemberId,
  unlabelledZone,
} from '../src/index.ts';

/** Ids that sort as they are numbered. */
export const memberId = (number: number) => `member${String(number).padStart(6, '0')}` as MemberId;
export const poolId = 'pool00000001' as PoolId;

/** A loop that listens and hears everybody. */
export const listening: Listening = {
  blindBecause: null,
  blindForMs: 0,
  heardMembers: 3,
  enrolledMembers: 3,
  nobodyHeardForMs: 0,
  nobodyHeardAfterMs: 30_000,
};

/** A fleet of four pools and twelve members in one zone, all heard, with nothing promoted lately. */
export function aFleet(changes: Partial<FleetEvidence> = {}): FleetEvidence {
  return { zones: zonesOf([12, 0]), poolCount: 4, promotionAgesMs: [], brakesReleasedForMs: null, ...changes };
}

/** Zones named a, b, c … with so many members and so many of them silent. */
export function zonesOf(...zones: readonly (readonly [members: number, silent: number])[]): readonly ZoneEvidence[] {
  return zones.map(([members, silent], index) => ({ zone: String.fromCharCode(97 + index), members, silent }));
}

/** An established pool with automatic failover on, whose first member is active. */
export function aPool(changes: Partial<Pool> = {}): Pool {
  return {
    ...defaultPoolSettings,
    name: 'edge',
    id: poolId,
    automaticFailover: true,
    activeMemberId: memberId(1),
    epoch: 7,
    held: false,
    paused: null,
    ...changes,
  };
}

/** A member that is heard, healthy for a day and ready. */
export function aMember(number: number, changes: Partial<MemberEvidence> = {}): MemberEvidence {
  return {
    id: memberId(number),
    hostname: `lb${number}.example.com`,
    priority: 100,
    monitored: true,
    publicIpv4: `198.51.100.${number}`,
    hearing: { kind: 'heard', silentMs: 400, provenSilentMs: 400 },
    haproxy: { kind: 'running' },
    refusal: null,
    healthyForMs: 86_400_000,
    enrolledForMs: 86_400_000,
    failuresLastHour: 0,
    zone: unlabelledZone,
    maintenanceLeftMs: null,
    quarantined: false,
    ...changes,
  };
}

/** A pool of three where all is well; `active` changes the active member only. */
export function anEvidence(
  changes: Partial<PoolEvidence> & { readonly active?: Partial<MemberEvidence> } = {},
): PoolEvidence {
  const { active, ...rest } = changes;
  return {
    pool: aPool(),
    members: [aMember(1, active), aMember(2), aMember(3)],
    listening,
    automaticPromotionAgesMs: [],
    lastPromotionAgeMs: null,
    presentAddresses: { ipv4: '198.51.100.1', ipv6: null },
    minuteOfDay: 600,
    fleet: aFleet(),
    maintenanceLeftMs: null,
    unpublished: null,
    ...rest,
  };
}

/** Silence as the active member shows it when it is lost. */
export const lost: Partial<MemberEvidence> = {
  hearing: { kind: 'heard', silentMs: 31_000, provenSilentMs: 30_000 },
  healthyForMs: 0,
};

/** HAProxy down for longer than the default grace, told by a fresh beat. */
export const haproxyDown: Partial<MemberEvidence> = {
  haproxy: { kind: 'inactive', unit: 'haproxy.service', state: 'failed', forMs: 1_200 },
  healthyForMs: 0,
};
