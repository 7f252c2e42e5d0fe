import { isAppError, type RecordRef } from '@serverctl/core';
import { type Answered, listIn } from './call.ts';
import { type HeldRecord, isObject, nameIn, parseRecord } from './reply.ts';

/*
 * A whole zone on one page, as long as the provider gives them: 5,000 records (its description of 2023), which is more than any zone below
 * Enterprise holds (3,500, about 2 MB). More pages are not read: the API has no snapshot, so of a zone that changes between two pages a record
 * may be lacking without a sign of it, and one that is lacking would be created a second time. They would also come one after the other, in
 * more time than a call has.
 */

const longestPage = 5_000;
/** A record is about 600 bytes, and a TXT may be as long again as several of them. */
const pageReplyBytes = 8 * 1024 * 1024;

/** The types that are looked at: addresses, and what stands in their way. */
const minded: ReadonlySet<unknown> = new Set(['A', 'AAAA', 'CNAME']);

/**
 * What a zone's page came to. `torn`: it does not hold what it says that there is, as when the zone changes meanwhile. `too-large`: there is
 * more of it, or not said that there is not: a name that is on no page that we read would be taken for absent, and made a second time.
 */
export type ZonePage = WholeZone | { readonly kind: 'too-large' | 'torn' };

/** A zone's address records and CNAMEs, as far as they can be read. */
export interface WholeZone {
  readonly kind: 'whole';
  readonly records: readonly HeldRecord[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** A record that may be anybody's. Null is what cannot be read of it either. */
interface UnreadableRecord {
  readonly type: string | null;
  readonly name: string | null;
}

/** Reads the page. Records of other types need not be readable, nor do those of names that nobody asks for. */
export async function readZonePage(
  readPage: (query: URLSearchParams, replyLimitBytes: number) => Promise<Answered>,
): Promise<ZonePage> {
  const answered = await readPage(new URLSearchParams({ per_page: `${longestPage}` }), pageReplyBytes).catch(
    noneTooLong,
  );
  if (answered === null) return { kind: 'too-large' };
  const entries = listIn(answered, (entry) => ({ entry }));
  const { totalCount, totalPages } = answered.envelope;
  if (totalCount === null || totalCount > longestPage || (totalPages ?? 1) > 1) return { kind: 'too-large' };
  const ids = new Set(entries.map(({ entry }) => (isObject(entry) ? entry['id'] : entry)));
  if (ids.size !== entries.length || totalCount !== entries.length) return { kind: 'torn' };
  const records: HeldRecord[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const { entry } of entries) {
    const type = isObject(entry) && typeof entry['type'] === 'string' ? entry['type'] : null;
    if (type !== null && !minded.has(type)) continue;
    const record = type === null ? null : parseRecord(entry);
    if (record === null) unreadable.push({ type, name: nameIn(entry) });
    else records.push(record);
  }
  return { kind: 'whole', records, unreadable };
}

/** Whether what the list shows of a name may be without a record that stands there. One without a name may be of any that has none. */
export function mayLack({ unreadable }: WholeZone, ref: RecordRef, isEmpty: boolean): boolean {
  return unreadable.some(
    ({ type, name }) =>
      (type === null || type === ref.type || type === 'CNAME') && (name === null ? isEmpty : name === ref.name),
  );
}

function noneTooLong(error: unknown): null {
  if (isAppError(error, 'dns_reply_malformed') && error.details['because'] === 'too-long') return null;
  throw error;
}
