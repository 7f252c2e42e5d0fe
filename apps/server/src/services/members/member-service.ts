import type { MemberAdded, MemberInput, MemberView } from '@serverctl/contract';
import {
  checkMemberSettings,
  defaultMemberSettings,
  type MemberSettings,
  type MemberTemplate,
  parseIpv6,
  zoneOf,
} from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember, insertMember } from '../../db/repositories/members.ts';
import { lockPool } from '../../db/repositories/pools.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { memberView } from '../views/member-view.ts';
import { readSnapshot } from '../views/snapshot.ts';
import { enrolmentMinutes, issueEnrolment } from './enrolment.ts';
import { refuseSurprisingFailback } from './surprising-failback.ts';

export interface MemberRefs {
  readonly poolId: string;
  readonly memberId: string;
}

export async function listMemberViews({ db, clock }: ServiceDeps, poolRef: string): Promise<{ members: MemberView[] }> {
  const snapshot = await readSnapshot(db, clock.wallTime(), poolRef);
  return { members: snapshot.members.map((row) => memberView(snapshot, row)) };
}

export async function getMemberView({ db, clock }: ServiceDeps, refs: MemberRefs): Promise<MemberView> {
  const snapshot = await readSnapshot(db, clock.wallTime(), refs.poolId);
  return memberView(snapshot, await getMember(db, snapshot.pool.id, refs.memberId));
}

/** A member and its first install line. It may be put before the active one, which then needs a yes. */
export async function addMember(
  deps: ServiceDeps,
  caller: Caller,
  poolRef: string,
  input: z.output<typeof MemberInput>,
): Promise<MemberAdded> {
  const id = newId(deps.random);
  const { poolId, enrolment } = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, poolRef);
    const template = input.template ?? (pool.preset === 'haproxy' ? 'haproxy-balancer' : 'linux-server');
    const settings = checkedSettings(defaultMemberSettings(template), input);
    await refuseSurprisingFailback(trx, pool, { id, ...settings }, input);
    const row = await insertMember(trx, { id, pool_id: pool.id, ...columnsOf(settings) });
    await writeAudit(trx, { ...caller, action: 'member.create', target: id, poolId: pool.id, details: { settings } });
    const sentence = `${row.hostname} was added to ${pool.name}.`;
    await writeEvent(trx, { kind: 'member.added', severity: 'info', poolId: pool.id, memberId: id, sentence });
    const minutes = input.enrolmentMinutes ?? enrolmentMinutes;
    return { poolId: pool.id, enrolment: await issueEnrolment(trx, deps, row, minutes) };
  });
  return { member: await getMemberView(deps, { poolId, memberId: id }), enrolment };
}

type Change = { readonly [Key in keyof MemberSettings]?: MemberSettings[Key] | undefined };

/** `base` with what `change` names, in canonical form; throws the first thing that core finds wrong. */
export function checkedSettings(
  base: Omit<MemberSettings, 'hostname' | 'allowedEgress' | 'publicIpv4' | 'publicIpv6'> & Partial<MemberSettings>,
  change: Change,
): MemberSettings {
  const hostname = change.hostname ?? base.hostname ?? '';
  const settings: MemberSettings = {
    hostname: hostname.toLowerCase().replace(/\.$/, ''),
    allowedEgress: [...new Set((change.allowedEgress ?? base.allowedEgress ?? []).map((entry) => entry.toLowerCase()))],
    publicIpv4: change.publicIpv4 === undefined ? (base.publicIpv4 ?? null) : change.publicIpv4,
    publicIpv6: change.publicIpv6 === undefined ? (base.publicIpv6 ?? null) : canonicalIpv6(change.publicIpv6),
    template: base.template,
    monitored: change.monitored ?? base.monitored,
    units: change.units ?? base.units,
    priority: change.priority ?? base.priority,
    zone: zoneOf(change.zone ?? base.zone),
  };
  const problem = checkMemberSettings(settings);
  if (problem !== null) throw problem;
  return settings;
}

/** What is no IPv6 address stays as it was written, for core to refuse. */
function canonicalIpv6(text: string | null): string | null {
  return text === null ? null : (parseIpv6(text) ?? text);
}

export function columnsOf(settings: MemberSettings) {
  return {
    hostname: settings.hostname,
    allowed_egress: [...settings.allowedEgress],
    public_ipv4: settings.publicIpv4,
    public_ipv6: settings.publicIpv6,
    template: settings.template satisfies MemberTemplate,
    monitored: settings.monitored,
    units: [...settings.units],
    priority: settings.priority,
    zone: settings.zone,
  };
}
