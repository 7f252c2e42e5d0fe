import { sql, type Transaction } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import type { Database } from '../../db/schema.ts';
import type { Notice } from '../../worker/ports.ts';
import type { CheckedHead, HeadFault } from './head-check.ts';

const sentences: Readonly<Record<HeadFault, (position: number) => string>> = {
  'went-back': (position) =>
    `The audit log’s chain ends at position ${position} and no longer holds what was in it a moment ago: seals were removed or replaced, or an older copy of the database was put in place.`,
  'seal-missing': (position) => `The seal before position ${position} of the audit log’s chain is missing.`,
  'link-broken': (position) =>
    `The seal at position ${position} of the audit log’s chain does not follow from the one before it: it was changed or put there by somebody without the key.`,
  'entry-changed': (position) => `The audit entry at position ${position} was changed after it was sealed.`,
  'entry-removed': (position) => `The audit entry at position ${position} was removed after it was sealed.`,
  'wrong-key': () =>
    'Nothing in the audit log’s chain fits the master key: it is another one than the chain was made with. Nothing is sealed until the right one is back.',
};

/**
 * Writes the event of a chain that the sealer found broken, for the transaction in which it was found; null when this was told within a day,
 * by whichever process. The remedy is docs/runbooks/audit-chain-broken.md.
 */
export async function writeBrokenChain(
  db: Transaction<Database>,
  { head, fault }: { readonly head: CheckedHead['head']; readonly fault: HeadFault },
): Promise<Notice | null> {
  const kind = 'audit.chain-broken';
  const severity = 'critical';
  const told = await db
    .selectFrom('event')
    .select('seq')
    .where('kind', '=', kind)
    .where(sql<string>`details->>'because'`, '=', fault)
    .where(sql<string>`details->>'position'`, '=', String(head.position))
    .where('at', '>', sql<Date>`clock_timestamp() - interval '1 day'`)
    .limit(1)
    .executeTakeFirst();
  if (told !== undefined) return null;
  const sentence = `${sentences[fault](head.position)} See it whole: serverctl audit verify`;
  const details = { because: fault, position: head.position };
  await writeEvent(db, { kind, severity, sentence, details });
  return { kind, severity, poolId: null, memberId: null, sentence, details, logged: true };
}
