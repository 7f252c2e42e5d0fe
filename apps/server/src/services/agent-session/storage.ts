import type { MemberId } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { currentKey, issueBoot, noteTurn, raiseBoot } from '../../db/repositories/member-keys.ts';
import { quarantineMember } from '../../db/repositories/quarantine.ts';
import { readMembers } from '../../db/repositories/registered-members.ts';
import type { Database } from '../../db/schema.ts';
import { inTransaction } from '../transaction.ts';
import type { CurrentKey, KeyStore, RegisteredMembers } from './ports.ts';

/** Keys and boots in PostgreSQL. */
export function createKeyStore(db: Kysely<Database>): KeyStore {
  return {
    currentKey: (memberId) => currentKey(db, memberId),
    startBoot: (key, superseded) => inTransaction(db, (trx) => startBoot(trx, key, superseded)),
    raiseBoot: (memberId, boot) => inTransaction(db, (trx) => raiseBoot(trx, memberId, boot)),
  };
}

/** The members as PostgreSQL has them; `pool_change` says that something of them is new. */
export function createRegisteredMembers(db: Kysely<Database>, listen: Listen): RegisteredMembers {
  return { read: () => readMembers(db), onChange: (wake) => listen('pool_change', wake) };
}

/** What to do when the beats of one boot come from two hosts: the listener's `onClone`. False when it is quarantined already, or gone. */
export function quarantineForBeats(db: Kysely<Database>, memberId: MemberId): Promise<boolean> {
  return inTransaction(db, (trx) => quarantineMember(trx, memberId, 'two-sequences'));
}

async function startBoot(
  trx: Transaction<Database>,
  { memberId, poolId, hostname }: CurrentKey,
  superseded: number | null,
): Promise<number> {
  const boot = await issueBoot(trx, memberId);
  const sentence = `The agent on ${hostname} started (boot ${boot}).`;
  await writeEvent(trx, { kind: 'member.boot', severity: 'info', poolId, memberId, sentence, details: { boot } });
  // Only a boot that a newer one really superseded says anything: the one before ours is not older than any.
  if (superseded === null || superseded >= boot - 1) return boot;
  if (await noteTurn(trx, memberId, { superseded, boot })) await quarantineMember(trx, memberId, 'two-runs');
  return boot;
}
