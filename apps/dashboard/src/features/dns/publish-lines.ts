import type { FirstPublishInput, FirstPublishView, MemberStatus, ShownMarks } from '@serverctl/contract';
import type { ChangeLine } from '../../ui/act-dialog.tsx';

type ShownRecord = FirstPublishView['records'][number];

/** What this record would get of a member. */
export const addressFor = (member: MemberStatus, type: 'A' | 'AAAA'): string | null =>
  type === 'AAAA' ? member.address6 : member.address;

/** Each record now and then, for this member: what goes, and what comes. */
export function publishLines(
  { records }: FirstPublishView,
  member: MemberStatus | null,
  ownerOf: (address: string) => string | null,
): readonly ChangeLine[] {
  return records.flatMap((record): ChangeLine[] => {
    const [to, now] = [member === null ? null : addressFor(member, record.type), nowLines(record, ownerOf)];
    if (member === null || record.cname) return now;
    if (to === null)
      return [...now, { sign: ' ', text: `${record.name}.  ${record.type}`, note: 'no address of its family' }];
    const then = lineOf(record, record.newTtlSeconds, to);
    const [held] = record.addresses;
    const isSame = record.addresses.length === 1 && held === to;
    if (isSame && record.ttlSeconds === record.newTtlSeconds)
      return [{ sign: ' ', text: then, note: `${member.hostname}; it gets our mark` }];
    return [...now, { sign: '+', text: then, note: member.hostname }];
  });
}

function nowLines(record: ShownRecord, ownerOf: (address: string) => string | null): ChangeLine[] {
  const { name, addresses, ttlSeconds, cname, proxied } = record;
  if (cname) return [{ sign: ' ', text: `${name}.  CNAME`, note: 'in the way' }];
  return addresses.map((address) => ({
    sign: '-',
    text: lineOf(record, ttlSeconds, address),
    note: [ownerOf(address) ?? 'no member’s', ...(proxied ? ['proxied'] : [])].join(', '),
  }));
}

const lineOf = ({ name, type }: ShownRecord, ttlSeconds: number | null, address: string): string =>
  `${name}.  ${ttlSeconds ?? ''}  IN  ${type}  ${address}`;

/** What whoever says yes is to know of each record: whose it is, its mark, its new TTL, a person’s note, what the old TTL costs. */
export function toKnow({ records }: FirstPublishView): readonly string[] {
  const several = records.length > 1;
  return records.flatMap((record) => {
    const { name, type, mark, proxied, ttlSeconds, newTtlSeconds, noteSentence, notOurs, warning, cname } = record;
    const isOtherTtl = ttlSeconds !== null && newTtlSeconds !== null && ttlSeconds !== newTtlSeconds;
    const sentences = [
      notOurs === null || cname ? notOurs : `Not ours: ${notOurs} It is replaced with your yes only.`,
      mark === null ? null : `Its mark: ${mark}`,
      proxied ? 'Proxied: the provider’s edge answers in its place.' : null,
      isOtherTtl ? `Its TTL becomes ${newTtlSeconds} s.` : null,
      noteSentence,
      warning,
    ];
    return sentences.flatMap((sentence) =>
      sentence === null ? [] : [several ? `${name} ${type}: ${sentence}` : sentence],
    );
  });
}

/** The marks that a yes is for: what was shown is what is confirmed (R21). */
export const shownMarks = ({ records }: FirstPublishView): ShownMarks =>
  records.map(({ name, type, mark }) => ({ name, type, mark }));

/** Whether a yes to this member replaces something that is not ours, or that names another member. */
export function needsTakeOver({ kind, proposedMemberId }: FirstPublishView, memberId: string): boolean {
  return kind === 'take-over' || (kind === 'adopt' && proposedMemberId !== memberId);
}

/**
 * All that a yes is for (R21), for this member: what stands there with its marks, whose it is, what there is to know of it. When any of it
 * becomes another, what was said is said of something else.
 */
export const askedText = (view: FirstPublishView, member: MemberStatus | null, lines: readonly ChangeLine[]): string =>
  JSON.stringify([view.kind, member?.id ?? null, shownMarks(view), toKnow(view), lines]);

export interface Yes {
  readonly takeOver: boolean;
  readonly notReady: boolean;
}

/** A yes, and the text that it is for. */
export interface YesFor {
  readonly yes: Yes;
  readonly asked: string;
}

export const noYes: Yes = { takeOver: false, notReady: false };

/** Never for another text than it was said to. */
export const yesTo = (asked: string, said: YesFor | null): Yes => (said?.asked === asked ? said.yes : noYes);

/** What is sent, fixed as it is confirmed: while a proof of who one is is given the records may be read again, and then show another mark. */
export function confirmedInput(view: FirstPublishView, memberId: string, yes: Yes, reason: string): FirstPublishInput {
  return {
    memberId,
    takeOver: yes.takeOver,
    expectMarks: shownMarks(view),
    confirmNotReady: yes.notReady,
    ...(reason !== '' && { reason }),
  };
}
