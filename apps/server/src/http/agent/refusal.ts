import type { Instant, Refusal } from '@serverctl/core';
import { egressAllows } from '@serverctl/core';
import type { RegisteredMember } from '../../services/agent-session/registry.ts';

/** Whether a hostname is the member's, in lower case as DNS compares; after a rename the old one is accepted for a while longer. */
export function hostnameMatches(member: RegisteredMember, seen: string, now: Instant): boolean {
  if (seen === member.hostname) return true;
  const name = seen.toLowerCase();
  return name === member.hostname || (name === member.previousHostname && now < member.previousHostnameUntil);
}

/** Why a beat with a valid token is refused, or null (R5, R36). Address before hostname: an operator mends them in that order. */
export function refusalOf(member: RegisteredMember, peer: string, hostname: string, now: Instant): Refusal | null {
  if (peer !== member.allowedPeer) {
    if (!egressAllows(member.allowedEgress, peer)) return { because: 'ip', seen: peer };
    member.allowedPeer = peer;
  }
  return hostnameMatches(member, hostname, now) ? null : { because: 'hostname', seen: hostname };
}
