import {
  addressNeeds,
  type FleetEvidence,
  type Listening,
  type MemberEvidence,
  type MemberId,
  type PoolEvidence,
  unlabelledZone,
} from '@serverctl/core';
import type { Kysely } from 'kysely';
import { namesOf } from '../../db/pool-store/names.ts';
import { enrolledMembers, listMembers, memberWithAddress } from '../../db/repositories/members.ts';
import { storedEvidence } from '../../db/repositories/pool-status.ts';
import { getPool, poolOf } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { readMaintenanceLeft } from './maintenance-left.ts';

/*
 * What the failover loop saw last, brought up to now: settings and members as they are in the database, silence longer by the age of the
 * stored evidence. A member that the loop has not seen yet counts as never heard. Used for a person's acts only, which brakes and
 * blindness do not bind; the loop makes its own evidence.
 */
export async function freshEvidence(db: Kysely<Database>, poolId: string): Promise<PoolEvidence> {
  const pool = poolOf(await getPool(db, poolId));
  const rows = await listMembers(db, pool.id);
  const quarantined = new Set(rows.filter((row) => row.quarantined_at !== null).map((row) => row.id));
  const enrolled = await enrolledMembers(db);
  const maintenance = await readMaintenanceLeft(db, pool.id);
  const { evidence: last, ageMs } = (await storedEvidence(db, pool.id)) ?? { evidence: null, ageMs: 0 };
  return {
    pool,
    members: rows.map(memberWithAddress).map((member) => ({
      ...aged(last?.members.find((one) => one.id === member.id) ?? unseen(member.id), ageMs),
      hostname: member.hostname,
      priority: member.priority,
      monitored: member.monitored,
      publicIpv4: member.publicIpv4,
      publicIpv6: member.publicIpv6,
      zone: member.zone,
      maintenanceLeftMs: maintenance.memberMs.get(member.id) ?? null,
      quarantined: quarantined.has(member.id),
    })),
    listening: last?.listening ?? notYetListening(enrolled.size),
    addressPromotionAgesMs: (last?.addressPromotionAgesMs ?? []).map((one) => one + ageMs),
    presentAddresses: last?.pool.epoch === pool.epoch ? (last.presentAddresses ?? null) : null,
    automaticPromotionAgesMs: (last?.automaticPromotionAgesMs ?? []).map((one) => one + ageMs),
    lastPromotionAgeMs: last?.lastPromotionAgeMs == null ? null : last.lastPromotionAgeMs + ageMs,
    minuteOfDay: last?.minuteOfDay ?? 0,
    fleet: agedFleet(last?.fleet, ageMs),
    maintenanceLeftMs: maintenance.poolMs,
    unpublished: last?.pool.epoch === pool.epoch ? last.unpublished : null,
    ...(last?.pool.epoch === pool.epoch && last.namesLeft === true ? { namesLeft: true } : {}),
    needs: addressNeeds(await namesOf(db, pool.id), pool.ipv6),
  };
}

/** True silence grows with the evidence's age; the proven part does not, since nobody proved it (I7). */
function aged(member: MemberEvidence, ageMs: number): MemberEvidence {
  const { hearing } = member;
  if (hearing.kind === 'never') return { ...member, hearing: { ...hearing, waitedMs: hearing.waitedMs + ageMs } };
  return { ...member, hearing: { ...hearing, silentMs: hearing.silentMs + ageMs } };
}

function unseen(id: MemberId): MemberEvidence {
  return {
    id,
    hostname: '',
    priority: 0,
    monitored: false,
    publicIpv4: null,
    zone: unlabelledZone,
    hearing: { kind: 'never', waitedMs: 0 },
    haproxy: { kind: 'unreported' },
    refusal: null,
    healthyForMs: 0,
    enrolledForMs: 0,
    failuresLastHour: 0,
    maintenanceLeftMs: null,
    quarantined: false,
  };
}

/** The brakes do not bind a person; they are in the evidence for what would have happened without one. */
function agedFleet(fleet: FleetEvidence | undefined, ageMs: number): FleetEvidence {
  if (fleet === undefined) return { zones: [], poolCount: 0, promotionAgesMs: [], brakesReleasedForMs: null };
  const { brakesReleasedForMs: left } = fleet;
  return {
    ...fleet,
    promotionAgesMs: fleet.promotionAgesMs.map((one) => one + ageMs),
    brakesReleasedForMs: left === null || left <= ageMs ? null : left - ageMs,
  };
}

function notYetListening(enrolledMembers: number): Listening {
  return {
    blindBecause: 'lease',
    blindForMs: 0,
    heardMembers: 0,
    enrolledMembers,
    nobodyHeardForMs: 0,
    nobodyHeardAfterMs: 30_000,
  };
}
