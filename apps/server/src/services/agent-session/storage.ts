import type { MemberId } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { currentKey, issueBoot, noteTurn, raiseBoot } from '../../db/repositories/member-keys.ts';
import { type Quarantine, quarantineMember } from '../../db/repositories/quarantine.ts';
import { readMembers } from '../../db/repositories/registered-members.ts';
import type { Database } from '../../db/schema.ts';
import { inTransaction } from '../transaction.ts';
import type { CurrentKey, KeyStore, RegisteredMembers } from './ports.ts';

/** Keys and boots in PostgreSQL. `onQuarantine` is called after the commit: the event is written, the channels are not told. */
export function createKeyStore(db: Kysely<Database>, onQuarantine: (quarantine: Quarantine) => void): KeyStore {
  return {
    currentKey: (memberId) => currentKey(db, memberId),
    async startBoot(key, superseded) {
      const { boot, quarantine } = await inTransaction(db, (trx) => startBoot(trx, key, superseded));
      if (quarantine !== null) onQuarantine(quarantine);
      return boot;
    },
    raiseBoot: (memberId, boot) => inTransaction(db, (trx) => raiseBoot(trx, memberId, boot)),
  };
}

/** The members as PostgreSQL has them; `pool_change` says that something of them is new. */
export function createRegisteredMembers(db: Kysely<Database>, listen: Listen): RegisteredMembers {
  return { read: () => readMembers(db), onChange: (wake) => listen('pool_change', wake) };
}

/** What to do when the beats of one boot come from two hosts: the listener's `onClone`. */
export async function quarantineForBeats(db: Kysely<Database>, memberId: MemberId): Promise<Quarantine | null> {
  return inTransaction(db, (trx) => quarantineMember(trx, memberId, 'two-sequences'));
}

async function startBoot(
  trx: Transaction<Database>,
  { memberId, poolId, hostname }: CurrentKey,
  superseded: number | null,
): Promise<{ boot: number; quarantine: Quarantine | null }> {
  const boot = await issueBoot(trx, memberId);
  const sentence = `The agent on ${hostname} started (boot ${boot}).`;
  await writeEvent(trx, { kind: 'member.boot', severity: 'info', poolId, memberId, sentence, details: { boot } });
  // Only a boot that a newer one really superseded says anything: the one before ours is not older than any.
  if (superseded === null || superseded >= boot - 1) return { boot, quarantine: null };
  const isClone = await noteTurn(trx, memberId, { superseded, boot });
  return { boot, quarantine: isClone ? await quarantineMember(trx, memberId, 'two-runs') : null };
}
