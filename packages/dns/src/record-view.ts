import {
  AppError,
  formatMark,
  type InstanceId,
  isInZone,
  type Mark,
  parseIpv4,
  parseIpv6,
  parseMark,
  type RecordRef,
  type RecordType,
  type RecordView,
  type ReplaceRequest,
  type WriteRequest,
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

/** Whether the view holds what the write asks for, its mark apart: that record, or no AAAA and no CNAME (R20). */
export function holdsWish(view: RecordView, request: WriteRequest): boolean {
  return 'next' in request ? holdsRecord(view, request.next) : view.rrset === null && !view.cname;
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

/** Throws `dns_cname_in_the_way` where one was read: nothing is asked then. */
export function requireNoCname({ ref, expected }: WriteRequest): void {
  if (expected.cname) throw new AppError('dns_cname_in_the_way', { zone: ref.zone, name: ref.name });
}

const parseAddress: Readonly<Record<RecordType, (text: string) => string | null>> = { A: parseIpv4, AAAA: parseIpv6 };

/** Throws `internal`, before anything is sent, for what nobody may wish: an address that is none of the type's, or no A (R20). */
export function requireOfType(request: WriteRequest): void {
  const { name, type } = request.ref;
  if (!('next' in request)) {
    // Its type allows no other one; whoever got around it shall not empty a name.
    if (type !== 'AAAA') throw new AppError('internal', { name, type, because: 'only an AAAA may be withdrawn (R20)' });
    return;
  }
  const { address } = request.next;
  if (parseAddress[type](address) !== address) throw new AppError('internal', { name, type, address });
}
