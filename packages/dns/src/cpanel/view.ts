import {
  AppError,
  type InstanceId,
  markName,
  parseIpv4,
  parseIpv6,
  parseMark,
  type RecordRef,
  type RecordView,
} from '@serverctl/core';
import { viewMark } from '../record-view.ts';
import { formatTexts } from '../rfc2136/texts.ts';
import type { ZoneRecord, ZoneText } from './zone-text.ts';

/** The lines of one managed record: all that a write may touch (R20). */
export interface HeldLines {
  readonly addresses: readonly ZoneRecord[];
  readonly marks: readonly ZoneRecord[];
}

/** Types beside which no address may be written: the panel's ALIAS answers with addresses in the name's place, as a CNAME does. */
const inTheWay: ReadonlySet<string> = new Set(['CNAME', 'ALIAS']);

/** The lines of this record and of the mark beside it. */
export function linesOf({ byName }: ZoneText, ref: RecordRef): HeldLines {
  return {
    addresses: byName.get(ref.name)?.filter(({ type }) => type === ref.type) ?? [],
    marks: byName.get(markName(ref))?.filter(({ type }) => type === 'TXT') ?? [],
  };
}

/** What the zone holds for one name. Throws `dns_reply_malformed` where a line of this very name cannot be read. */
export function viewZone(zone: ZoneText, ref: RecordRef, instance: InstanceId): RecordView {
  const { addresses, marks } = linesOf(zone, ref);
  return {
    rrset: rrsetOf(addresses, ref),
    mark: markOf(marks, instance),
    cname: zone.byName.get(ref.name)?.some(({ type }) => inTheWay.has(type)) ?? false,
  };
}

/** The address of a line in canonical text, or as it is written where it is none. */
export function addressIn(line: ZoneRecord): string {
  const [address = '', ...others] = fieldsOf(line);
  if (address === '' || others.length > 0) throw unreadable(line);
  return (line.type === 'AAAA' ? parseIpv6(address) : parseIpv4(address)) ?? address;
}

function rrsetOf(lines: readonly ZoneRecord[], ref: RecordRef): RecordView['rrset'] {
  if (lines.length === 0) return null;
  const addresses = lines.map((line) => addressIn({ ...line, type: ref.type })).sort();
  // Those of one name and type have one TTL (RFC 2181 section 5.2), and the lowest is what a server makes of several.
  return { addresses, ttlSeconds: Math.min(...lines.map(({ ttlSeconds }) => ttlSeconds)) };
}

function markOf(lines: readonly ZoneRecord[], instance: InstanceId): RecordView['mark'] {
  const texts = lines.map(fieldsOf);
  const [first] = texts;
  if (first === undefined) return { kind: 'none' };
  const isPlain = texts.length === 1 && first.length === 1 && parseMark(first[0] ?? '') !== null;
  return viewMark(isPlain ? (first[0] ?? '') : formatTexts(texts), instance);
}

function fieldsOf(line: ZoneRecord): readonly string[] {
  if (line.fields === null || line.fields.length === 0) throw unreadable(line);
  return line.fields;
}

function unreadable({ name, type, lineIndex }: ZoneRecord): AppError {
  return new AppError('dns_reply_malformed', { name, type, lineIndex, because: 'bad-fields' });
}
