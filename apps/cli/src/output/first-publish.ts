import type { FirstPublishView, MemberView } from '@serverctl/contract';
import { clean, table } from './table.ts';
import { recordText } from './words.ts';

type ShownRecord = FirstPublishView['records'][number];

/** What would happen for this member, name by name; the server's own sentence speaks of the one that it proposes. */
export function firstPublishText(
  proposal: FirstPublishView,
  proposed: MemberView | null,
  member: MemberView | null,
): string {
  const rows = proposal.records.map((record) => [
    recordText(record),
    held(record),
    (member === null ? null : addressFor(member, record)) ?? '-',
    record.ttlSeconds === null ? '' : `${record.ttlSeconds} s`,
  ]);
  const sentences = [clean(proposal.sentence)];
  if (member !== null && member.id !== proposed?.id) {
    const { ready, standingSentence } = member.status;
    sentences.push(`You chose ${member.hostname}: ${ready ? 'ready' : 'not ready'}. ${clean(standingSentence)}`);
  }
  const notes = proposal.records.map((record) => [
    ...(record.mark === null ? [] : [`Its mark: ${clean(record.mark)}`]),
    ...(record.proxied ? ['Proxied: the provider’s edge answers in its place.'] : []),
    ...toKnow(record),
  ]);
  const records = table(['name', 'from', 'to', 'old TTL'], rows, notes, { whole: ['from', 'to'] });
  return [sentences.join('\n'), records].join('\n\n');
}

/** Each record's move, a line each. */
export function moveLines({ records }: FirstPublishView, member: MemberView): readonly string[] {
  return records.map((record) => {
    const from = `${held(record)}${record.proxied ? ' (proxied)' : ''}`;
    return `${recordText(record)}: ${from} → ${addressFor(member, record) ?? 'no address'}`;
  });
}

/** What the text says below its table, a line each. */
export function noteLines({ records }: FirstPublishView): readonly string[] {
  return records.flatMap((record) => toKnow(record).map((sentence) => `${recordText(record)}: ${sentence}`));
}

/** What whoever says yes to replacing it is to know: whose it is, its new TTL, a person's note, and the cost of the old TTL. */
function toKnow(record: ShownRecord): readonly string[] {
  return [notOursWords(record), newTtlWords(record), record.noteSentence, record.warning].flatMap((sentence) =>
    sentence === null ? [] : [clean(sentence)],
  );
}

/** One `--take-over` is for all records: so each that it would replace says that it is one. */
function notOursWords({ notOurs, cname }: ShownRecord): string | null {
  if (notOurs === null || cname) return notOurs;
  return `Not ours: ${notOurs} It is replaced with --take-over only.`;
}

function newTtlWords({ ttlSeconds, newTtlSeconds }: ShownRecord): string | null {
  if (ttlSeconds === null || newTtlSeconds === null || ttlSeconds === newTtlSeconds) return null;
  return `Its TTL becomes ${newTtlSeconds} s.`;
}

/** What this record would get. */
function addressFor({ status }: MemberView, { type }: ShownRecord): string | null {
  return type === 'AAAA' ? status.address6 : status.address;
}

function held({ cname, addresses }: ShownRecord): string {
  if (cname) return 'CNAME';
  return addresses.length === 0 ? 'no record' : addresses.join(', ');
}
