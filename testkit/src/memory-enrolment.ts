import { AppError, type BootLine, type MemberId, noteSupersession } from '@serverctl/core';
import type { QuarantineReason } from '../../apps/server/src/db/repositories/quarantine.ts';
import type { CurrentKey, KeyStore } from '../../apps/server/src/services/agent-session/ports.ts';
import type { EnrolmentStore, OpenEnrolment } from '../../apps/server/src/services/enrolment/ports.ts';

/*
 * Enrolments, keys and boots in memory: each call is one act because nothing in it waits. Passes the same suites as PostgreSQL's
 * (memory-enrolment.test.ts).
 */

export interface EnrolledMember {
  readonly id: MemberId;
  readonly poolId: string;
  readonly poolName: string;
  readonly hostname: string;
  readonly allowedEgress: readonly string[];
}

/** What a world wants to know of, at once and in the act. */
export interface EnrolmentWatch {
  readonly onEnrolled?: (memberId: MemberId, keyId: string) => void;
  readonly onBoot?: (memberId: MemberId, boot: number) => void;
  readonly onQuarantined?: (memberId: MemberId, reason: QuarantineReason) => void;
  readonly onCleared?: (memberId: MemberId) => void;
  readonly onRefused?: (open: OpenEnrolment, refusal: AppError) => void;
}

export interface MemoryEnrolment {
  readonly enrolments: EnrolmentStore;
  readonly keys: KeyStore;
  addMember(member: EnrolledMember): void;
  /** Its key and its open secret end now. */
  removeMember(id: MemberId): void;
  /** An earlier open secret of the member is void from now on. */
  issueSecret(memberId: MemberId, secretHash: Uint8Array, lifeMs: number): void;
  /** The key that is valid now, and the newest boot. */
  keyOf(id: MemberId): { readonly keyId: string; readonly publicKey: Uint8Array } | null;
  lastBootOf(id: MemberId): number;
  /** What the listener's `onClone` does; once, until it is cleared. */
  quarantine(id: MemberId, reason: QuarantineReason): void;
  /** False when there was none. */
  clearQuarantine(id: MemberId): boolean;
  quarantineOf(id: MemberId): QuarantineReason | null;
}

interface Kept {
  readonly member: EnrolledMember;
  key: { readonly keyId: string; readonly publicKey: Uint8Array } | null;
  secret: { readonly hash: string; readonly endsMs: number } | null;
  lastBoot: number;
  lines: readonly BootLine[];
  quarantine: QuarantineReason | null;
}

/** `nowMs` is the store's clock, the same for every replica. */
export function createMemoryEnrolment(nowMs: () => number, watch: EnrolmentWatch = {}): MemoryEnrolment {
  const members = new Map<string, Kept>();

  function kept(id: string): Kept {
    const found = members.get(id);
    if (found === undefined) throw new AppError('agent_key_unknown');
    return found;
  }

  function quarantine(id: MemberId, reason: QuarantineReason): void {
    const found = members.get(id);
    if (found === undefined || found.quarantine !== null) return;
    found.quarantine = reason;
    watch.onQuarantined?.(id, reason);
  }

  function clearQuarantine(id: MemberId): boolean {
    const found = members.get(id);
    if (found === undefined || found.quarantine === null) return false;
    Object.assign(found, { quarantine: null, lines: [] });
    watch.onCleared?.(id);
    return true;
  }

  return {
    enrolments: enrolmentsOf(members, nowMs, watch, clearQuarantine),
    keys: keysOf(kept, nowMs, watch, quarantine),
    addMember: (member) =>
      void members.set(member.id, { member, key: null, secret: null, lastBoot: 0, lines: [], quarantine: null }),
    removeMember: (id) => void members.delete(id),
    issueSecret(memberId, secretHash, lifeMs) {
      kept(memberId).secret = { hash: textOf(secretHash), endsMs: nowMs() + lifeMs };
    },
    keyOf: (id) => members.get(id)?.key ?? null,
    lastBootOf: (id) => kept(id).lastBoot,
    quarantine,
    clearQuarantine,
    quarantineOf: (id) => members.get(id)?.quarantine ?? null,
  };
}

function enrolmentsOf(
  members: ReadonlyMap<string, Kept>,
  nowMs: () => number,
  watch: EnrolmentWatch,
  clearQuarantine: (id: MemberId) => boolean,
): EnrolmentStore {
  return {
    async use({ secretHash, keyId, publicKey }, judge) {
      const hash = textOf(secretHash);
      const found = [...members.values()].find(({ secret }) => secret?.hash === hash);
      if (found?.secret == null) throw new AppError('enrolment_secret_invalid');
      const { id, ...of } = found.member;
      const open = { ...of, enrolmentId: hash, memberId: id, isExpired: nowMs() >= found.secret.endsMs };
      if (open.isExpired) throw new AppError('enrolment_expired');
      const refusal = judge(open);
      if (refusal !== null) return { open, refusal };
      Object.assign(found, { secret: null, key: { keyId, publicKey } });
      clearQuarantine(id);
      watch.onEnrolled?.(id, keyId);
      return { open, refusal };
    },
    noteRefusal: async (open, refusal) => watch.onRefused?.(open, refusal),
  };
}

function keysOf(
  kept: (id: string) => Kept,
  nowMs: () => number,
  watch: EnrolmentWatch,
  quarantine: (id: MemberId, reason: QuarantineReason) => void,
): KeyStore {
  return {
    async currentKey(memberId): Promise<CurrentKey> {
      const { member, key, lastBoot } = kept(memberId);
      if (key === null) throw new AppError('agent_key_unknown');
      const { id, poolId, hostname } = member;
      return { memberId: id, poolId, hostname, ...key, lastBoot };
    },
    async startBoot({ memberId }, superseded) {
      const found = kept(memberId);
      found.lastBoot += 1;
      const boot = found.lastBoot;
      watch.onBoot?.(memberId, boot);
      if (superseded !== null && superseded < boot - 1) {
        const { lines, isClone } = noteSupersession(found.lines, { superseded, boot }, nowMs());
        found.lines = lines;
        if (isClone) quarantine(memberId, 'two-runs');
      }
      return boot;
    },
    async raiseBoot(memberId, boot) {
      const found = kept(memberId);
      found.lastBoot = Math.max(found.lastBoot, boot);
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
