import { AppError, type BootLine, type MemberId, noteSupersession } from '@serverctl/core';
import type { CurrentKey, KeyStore, MemberRow } from '../../../apps/server/src/services/agent-session/ports.ts';
import type {
  EnrolmentOutcome,
  EnrolmentStore,
  EnrolmentUse,
  JudgeEnrolment,
} from '../../../apps/server/src/services/enrolment/ports.ts';
import type { MemoryHouse } from '../memory-house.ts';

/*
 * What the database keeps of agents: their keys, the boots issued, who is quarantined (apps/server/src/db/repositories/{member-keys,
 * quarantine,registered-members}.ts).
 */

export interface AgentRow {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  readonly lastBoot: number;
  readonly bootLines: readonly BootLine[];
}

export interface AgentTables extends KeyStore, EnrolmentStore {
  readonly rows: Map<MemberId, AgentRow>;
  /** An earlier open secret of the member is void from now on. */
  issueSecret(memberId: MemberId, secretHash: Uint8Array, lifeMs: number): void;
  readMembers(): readonly MemberRow[];
  /** Stores a new key in the place of the one before. */
  replaceKey(memberId: MemberId, keyId: string, publicKey: Uint8Array): void;
  quarantine(memberId: MemberId): void;
  /** Forgets what led to it, too. */
  clearQuarantine(memberId: MemberId): void;
}

export interface AgentTableParts {
  readonly house: () => MemoryHouse;
  /** The database's time, as its rows' instants are. */
  readonly nowMs: () => number;
  readonly changed: () => void;
  /** Of the member's last stored beat; 0 without one. */
  readonly heardBoot: (memberId: MemberId) => number;
  readonly quarantined: (memberId: MemberId) => void;
  readonly enrolled: (memberId: MemberId, secretHash: string) => void;
}

export function agentTables({ house, nowMs, changed, heardBoot, quarantined, enrolled }: AgentTableParts): AgentTables {
  const rows = new Map<MemberId, AgentRow>();
  const secrets = new Map<MemberId, { readonly hash: string; readonly endsAt: number }>();

  function rowOf(memberId: MemberId): AgentRow {
    const row = rows.get(memberId);
    if (row === undefined || !house().members.has(memberId)) throw new AppError('agent_key_unknown');
    return row;
  }

  function quarantine(memberId: MemberId): void {
    if (house().quarantined.has(memberId) || !house().members.has(memberId)) return;
    house().quarantined.add(memberId);
    changed();
    quarantined(memberId);
  }

  function clearQuarantine(memberId: MemberId): void {
    const row = rows.get(memberId);
    if (!house().quarantined.delete(memberId) || row === undefined) return;
    rows.set(memberId, { ...row, bootLines: [] });
    changed();
  }

  function replaceKey(memberId: MemberId, keyId: string, publicKey: Uint8Array): void {
    rows.set(memberId, { keyId, publicKey, lastBoot: rows.get(memberId)?.lastBoot ?? 0, bootLines: [] });
    changed();
  }

  return {
    rows,
    quarantine,
    clearQuarantine,
    replaceKey,
    issueSecret(memberId, secretHash, lifeMs) {
      secrets.set(memberId, { hash: textOf(secretHash), endsAt: nowMs() + lifeMs });
    },
    use: (used, judge) => useSecret({ house, nowMs, secrets, clearQuarantine, replaceKey, enrolled }, used, judge),
    noteRefusal: async () => {},
    async currentKey(id): Promise<CurrentKey> {
      const memberId = id as MemberId;
      const { keyId, publicKey, lastBoot } = rowOf(memberId);
      const member = house().members.get(memberId);
      return { memberId, poolId: member?.poolId ?? '', hostname: member?.hostname ?? '', keyId, publicKey, lastBoot };
    },
    async startBoot({ memberId }, superseded) {
      const row = rowOf(memberId);
      const boot = 1 + Math.max(row.lastBoot, heardBoot(memberId));
      rows.set(memberId, { ...row, lastBoot: boot });
      changed();
      if (superseded === null || superseded >= boot - 1) return boot;
      const { lines, isClone } = noteSupersession(row.bootLines, { superseded, boot }, nowMs());
      rows.set(memberId, { ...row, lastBoot: boot, bootLines: lines });
      if (isClone) quarantine(memberId);
      return boot;
    },
    async raiseBoot(memberId, boot) {
      const row = rowOf(memberId);
      rows.set(memberId, { ...row, lastBoot: Math.max(row.lastBoot, boot) });
      changed();
    },
    readMembers: () =>
      [...house().members.values()].map((member) => memberRow(house(), member.id, rows.get(member.id))),
  };
}

function memberRow(house: MemoryHouse, id: MemberId, key: AgentRow | undefined): MemberRow {
  const member = house.members.get(id);
  const pool = member === undefined ? undefined : house.pools.get(member.poolId);
  if (member === undefined || pool === undefined) throw new Error(`member ${id} has no pool`);
  const { hostname, allowedEgress, template, monitored, units } = member;
  return {
    id,
    keyId: key?.keyId ?? null,
    publicKey: key?.publicKey ?? null,
    hostname,
    previousHostname: null,
    previousHostnameLeftMs: null,
    allowedEgress,
    template,
    monitored,
    units,
    lastBoot: key?.lastBoot ?? 0,
    activeMemberId: pool.activeMemberId,
    epoch: pool.epoch,
  };
}

interface Secrets extends Pick<AgentTableParts, 'house' | 'nowMs' | 'enrolled'> {
  readonly secrets: Map<MemberId, { readonly hash: string; readonly endsAt: number }>;
  readonly clearQuarantine: (memberId: MemberId) => void;
  readonly replaceKey: (memberId: MemberId, keyId: string, publicKey: Uint8Array) => void;
}

/** One act: whoever else uses the secret comes before or after all of it. */
async function useSecret(
  { house, nowMs, secrets, clearQuarantine, replaceKey, enrolled }: Secrets,
  { secretHash, keyId, publicKey }: EnrolmentUse,
  judge: JudgeEnrolment,
): Promise<EnrolmentOutcome> {
  const hash = textOf(secretHash);
  const [memberId, secret] = [...secrets].find(([, one]) => one.hash === hash) ?? [];
  const member = memberId === undefined ? undefined : house().members.get(memberId);
  if (secret === undefined || member === undefined) throw new AppError('enrolment_secret_invalid');
  const { id, poolId, hostname, allowedEgress } = member;
  const poolName = house().pools.get(poolId)?.name ?? '';
  const isExpired = nowMs() >= secret.endsAt;
  const open = { enrolmentId: hash, memberId: id, poolId, poolName, hostname, allowedEgress, isExpired };
  if (isExpired) throw new AppError('enrolment_expired');
  const refusal = judge(open);
  if (refusal !== null) return { open, refusal };
  secrets.delete(id);
  clearQuarantine(id);
  house().enrolledAt.set(id, nowMs());
  replaceKey(id, keyId, publicKey);
  enrolled(id, hash);
  return { open, refusal };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
