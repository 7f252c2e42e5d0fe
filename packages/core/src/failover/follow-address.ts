import { isPublicIpv4, isPublicIpv6, parseIpv4, parseIpv6 } from '../dns/address.ts';
import { hourMs, minuteMs } from '../time.ts';
import { missingAddresses, needsOf } from './addresses.ts';
import { antiFlapping } from './brakes.ts';
import type { Decision, MemberEvidence, PoolEvidence, PublicAddresses } from './evidence.ts';
import { activeName, activeOf } from './explain-parts.ts';
import { isFresh } from './readiness.ts';
import { bindingMaintenanceMs, troubleOf } from './trouble.ts';

/*
 * Dynamic DNS (PRODUCT.md section 4): the stored address of the active member is another than that of the present promotion (ADR 0009). The
 * first row that holds:
 *
 *   dynamic DNS of the pool is off                                   | none
 *   the pool is paused, it or the active member is in maintenance    | none (R13)
 *   blind, or nobody is heard                                        | none (I6)
 *   it is in trouble, was not heard within 3 s, is refused or        | none (R5, R7, R35): what a host says that is lost, in another
 *   quarantined                                                      |   place or there twice is no address for clients
 *   its failover reached no name yet and may be withdrawn            | none: a withdrawal needs the epoch under which nothing was sent
 *   a name is left as a person set it by hand                        | none until a person adopts or repairs it (R21): the new epoch would
 *                                                                    |   be written over it
 *   nothing new in the families that the names have (addresses.ts)   | none
 *   what is new in one of them may not be followed                   | none, whatever is new in the other: the promotion gives the records
 *                                                                    |   both as stored. Private, CGNAT and local addresses, another
 *                                                                    |   member's, and none where the records hold one (R20)
 *   < 10 s since any other promotion, one within a minute, six       | wait for it; whatever counts is younger than the limit
 *   within an hour                                                   |
 *   else                                                             | due
 *
 * Automatic failover off and `held` (R11) do not stop it: both are about which member is active, and that stays. For the same reason R9,
 * R10 and R11 neither count nor brake it. An address that a person set is followed as well, should it ever differ: that a person changes it
 * is a promotion of its own.
 */

/** So many promotions to a new address of the same member, of one pool, within so many ms. */
export const addressLimits = [
  { promotions: 1, withinMs: minuteMs },
  { promotions: 6, withinMs: hourMs },
] as const;

/** One family's address before and after; null = there was none. */
export interface AddressChange {
  readonly before: string | null;
  readonly after: string;
}

/** What dynamic DNS says now. `forMs` counts down by time alone. */
export type Following =
  | { readonly kind: 'none' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'due' };

/** Whether the records follow the active member's address now. Whatever moves them to another member goes first: the caller asks that before. */
export function judgeFollowing(evidence: PoolEvidence, active: MemberEvidence): Following {
  if (!evidence.pool.dynamicDns || !mayFollow(evidence, active)) return { kind: 'none' };
  if (followedChanges(evidence, active).length === 0) return { kind: 'none' };
  const forMs = untilAllowedMs(evidence);
  return forMs > 0 ? { kind: 'wait', forMs } : { kind: 'due' };
}

/** The decision with dynamic DNS beside what was decided `otherwise`: another move goes first, and of two waits the shorter one is told. */
export function followAddress(evidence: PoolEvidence, active: MemberEvidence, otherwise: Decision): Decision {
  if (otherwise.kind === 'promote') return otherwise;
  const following = judgeFollowing(evidence, active);
  switch (following.kind) {
    case 'none':
      return otherwise;
    case 'due':
      return { kind: 'promote', from: active.id, to: active.id, because: 'address-changed' };
    case 'wait':
      if (otherwise.kind === 'wait' && otherwise.forMs <= following.forMs) return otherwise;
      return { kind: 'wait', because: 'dynamic-dns', forMs: following.forMs };
  }
}

/**
 * What of the active member's address differs from the present promotion's, IPv4 first: all of it, or nothing where one of the names'
 * families may not be followed.
 */
export function followedChanges(evidence: PoolEvidence, active: MemberEvidence): readonly AddressChange[] {
  if (missingAddresses(active, evidence).length > 0) return [];
  const differences = differencesOf(evidence, active);
  const changes = differences.flatMap(({ before, after, hindrance }) =>
    after === null || hindrance !== null ? [] : [{ before, after }],
  );
  return changes.length === differences.length ? changes : [];
}

/** Why what has changed is not followed, for all that is not said elsewhere, as a part of a sentence; null = nothing like that. */
export function unfollowedText(evidence: PoolEvidence, active: MemberEvidence): string | null {
  const differences = differencesOf(evidence, active);
  if (differences.length === 0) return null;
  if (evidence.namesLeft === true)
    return 'not followed, since a name was changed by hand and is left so until a person adopts or repairs it';
  const hindered = differences.find(({ hindrance }) => hindrance !== null);
  return hindered === undefined ? null : `not followed, since ${hindered.hindrance}`;
}

interface AddressDifference {
  readonly before: string | null;
  readonly after: string | null;
  /** Why it may not be followed, in words; null = it may. */
  readonly hindrance: string | null;
}

/** Of the families that the names have; empty where nobody told what the records hold. */
function differencesOf(evidence: PoolEvidence, active: MemberEvidence): readonly AddressDifference[] {
  const { presentAddresses: present } = evidence;
  if (present === undefined || present === null) return [];
  const stored = addressesOf(active);
  const others = evidence.members.filter(({ id }) => id !== active.id).map(addressesOf);
  return families.flatMap((family) => {
    const [before, after] = [present[family], stored[family]];
    if (!isHeld(family, evidence) || after === before) return [];
    const isTaken = others.some((other) => other[family] === after);
    return [{ before, after, hindrance: hindranceOf(family, after, isTaken) }];
  });
}

function hindranceOf(family: keyof PublicAddresses, after: string | null, isTaken: boolean): string | null {
  // What the records hold is the last that was known, and stays (R20).
  if (after === null) return `no ${familyNames[family]} address of it is known any more`;
  if (isTaken) return `another member has ${after}`;
  return isPublic[family](after) ? null : `${after} is not public`;
}

/** The addresses that the records would get with this member active. */
export function addressesOf({ publicIpv4, publicIpv6 = null }: MemberEvidence): PublicAddresses {
  return { ipv4: publicIpv4, ipv6: publicIpv6 };
}

/** What of the active member's public address has changed, as the beginning of a sentence: both families where both have. */
export function addressChangeText(evidence: PoolEvidence): string {
  const active = activeOf(evidence);
  const changes = active === undefined ? [] : followedChanges(evidence, active);
  const what = changes.map(({ before, after }) => `from ${before ?? 'none'} to ${after}`).join(' and ');
  return `the public address of ${activeName(evidence)} changed ${what}`;
}

/** Whether some name of the pool has a record of the family: what no record holds, no record follows. */
function isHeld(family: keyof PublicAddresses, evidence: PoolEvidence): boolean {
  const needs = needsOf(evidence);
  return family === 'ipv4' ? needs.ipv4 : needs.ipv6 !== 'none';
}

const families = ['ipv4', 'ipv6'] as const;
const familyNames = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

const isPublic = {
  ipv4(text: string): boolean {
    const address = parseIpv4(text);
    return address !== null && isPublicIpv4(address);
  },
  ipv6(text: string): boolean {
    const address = parseIpv6(text);
    return address !== null && isPublicIpv6(address);
  },
} as const;

function mayFollow(evidence: PoolEvidence, active: MemberEvidence): boolean {
  const { pool, listening, unpublished, namesLeft } = evidence;
  if (pool.paused !== null || bindingMaintenanceMs(evidence, active) > 0) return false;
  if (listening.blindBecause !== null || listening.heardMembers === 0) return false;
  if (troubleOf(active, pool) !== null || !isFresh(active)) return false;
  return active.refusal === null && !active.quarantined && unpublished === null && namesLeft !== true;
}

/** Time until all limits have room for one more; 0 when they have. */
function untilAllowedMs({ addressPromotionAgesMs = [], lastPromotionAgeMs }: PoolEvidence): number {
  const youngestFirst = addressPromotionAgesMs.toSorted((a, b) => a - b);
  const limits = addressLimits.map(({ promotions, withinMs }) => {
    const decisiveAgeMs = youngestFirst[promotions - 1];
    return decisiveAgeMs === undefined ? 0 : withinMs - decisiveAgeMs;
  });
  const apartMs = lastPromotionAgeMs === null ? 0 : antiFlapping.apartMs - lastPromotionAgeMs;
  return Math.max(0, apartMs, ...limits);
}
