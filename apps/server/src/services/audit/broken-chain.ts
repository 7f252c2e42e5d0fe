import { sql, type Transaction } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import type { Database } from '../../db/schema.ts';
import type { Head, HeadFault } from './head-check.ts';

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

/** A chain that was found broken, as it is said in the server's log and in the event log. */
export interface BrokenChain {
  readonly sentence: string;
  readonly details: { readonly because: HeadFault; readonly position: number };
}

export function brokenChain({ position }: Head, fault: HeadFault): BrokenChain {
  const sentence = `${sentences[fault](position)} See it whole: serverctl audit verify`;
  return { sentence, details: { because: fault, position } };
}

/**
 * Writes the event of it, for the transaction in which it was found; not when it is there already of within a day, by whichever process. The
 * remedy is docs/runbooks/audit-chain-broken.md.
 */
export async function writeBrokenChain(trx: Transaction<Database>, { sentence, details }: BrokenChain): Promise<void> {
  const kind = 'audit.chain-broken';
  const told = await trx
    .selectFrom('event')
    .select('seq')
    .where('kind', '=', kind)
    .where(sql<string>`details->>'because'`, '=', details.because)
    .where(sql<string>`details->>'position'`, '=', String(details.position))
    .where('at', '>', sql<Date>`clock_timestamp() - interval '1 day'`)
    .limit(1)
    .executeTakeFirst();
  if (told === undefined) await writeEvent(trx, { kind, severity: 'critical', sentence, details });
}
