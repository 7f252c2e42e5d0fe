import { isDeepStrictEqual } from 'node:util';
import type { JudgedMember, PromotionWhy } from '@serverctl/contract';
import { explainWhy, judge, type MemberEvidence, type PoolEvidence } from '@serverctl/core';

/** What was stored with a promotion, explained from its evidence alone: what each member was, and why it or why not it (R14). */
export function promotionWhy(evidence: PoolEvidence, decision: unknown, actor: string): PromotionWhy {
  const { rules, inputs, chosen, others, decision: again } = explainWhy(evidence);
  const { health, standings } = judge(evidence);
  const members = (chosen === null ? others : [chosen, ...others]).flatMap(({ memberId, because }) => {
    const member = evidence.members.find(({ id }) => id === memberId);
    if (member === undefined) return [];
    const ready = standings.some((standing) => standing.memberId === memberId && standing.ready);
    return [judgedMember(member, { health: health[member.id]?.kind ?? 'unknown', ready, because })];
  });
  return {
    rules: actor === 'loop' ? [...rules] : [],
    inputs: inputs.map((input) => ({ ...input })),
    members,
    failoverDelayMs: evidence.pool.failoverDelayMs,
    haproxyGraceMs: evidence.pool.haproxyGraceMs,
    replayed: isDeepStrictEqual(JSON.parse(JSON.stringify(again)), decision),
  };
}

function judgedMember(
  member: MemberEvidence,
  judged: Pick<JudgedMember, 'health' | 'ready' | 'because'>,
): JudgedMember {
  const { id, hostname, priority, hearing, haproxy, maintenanceLeftMs, quarantined } = member;
  return {
    memberId: id,
    hostname,
    priority,
    silentMs: hearing.kind === 'heard' ? hearing.silentMs : null,
    haproxy: haproxy.kind,
    maintenanceLeftMs,
    quarantined,
    addresses: [member.publicIpv4, member.publicIpv6 ?? null].filter((address) => address !== null),
    ...judged,
  };
}
