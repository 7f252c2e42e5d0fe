import {
  AppError,
  formatMark,
  type InstanceId,
  isInZone,
  type Mark,
  parseMark,
  type RecordRef,
  type RecordView,
  type ReplaceRequest,
} from '@serverctl/core';

/** Judges a text that stands where the mark belongs, from the eyes of `instance` (R18). */
export function viewMark(text: string, instance: InstanceId): RecordView['mark'] {
  const mark = parseMark(text);
  if (mark === null) return { kind: 'unreadable', text };
  return { kind: mark.instance === instance ? 'ours' : 'foreign', mark };
}

/** Whether the view holds exactly the record that is asked for: one address, this TTL, no CNAME. */
export function holdsRecord(view: RecordView, next: ReplaceRequest['next']): boolean {
  const { rrset, cname } = view;
  if (cname || rrset === null || rrset.ttlSeconds !== next.ttlSeconds) return false;
  return rrset.addresses.length === 1 && rrset.addresses[0] === next.address;
}

/** Whether the view holds exactly this mark. */
export function holdsMark(view: RecordView, mark: Mark): boolean {
  return 'mark' in view.mark && formatMark(view.mark.mark) === formatMark(mark);
}

/** Whether two views agree in everything that a write is conditional on: addresses, mark, CNAME. The TTL is not (RFC 2136 section 2.4.2). */
export function sameView(left: RecordView, right: RecordView): boolean {
  const text = ({ rrset, mark, cname }: RecordView) => {
    const marked = 'mark' in mark ? formatMark(mark.mark) : mark.kind === 'unreadable' ? `? ${mark.text}` : '';
    return JSON.stringify([[...(rrset?.addresses ?? [])].sort(), marked, cname]);
  };
  return text(left) === text(right);
}

/** Throws `dns_name_not_in_zone` before any server is asked about a name that it cannot hold. */
export function requireInZone(ref: RecordRef): void {
  if (!isInZone(ref.name, ref.zone)) throw new AppError('dns_name_not_in_zone', { zone: ref.zone, name: ref.name });
}
