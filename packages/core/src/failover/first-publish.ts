import type { DnsName, RecordType, RecordView } from '../dns/record.ts';
import type { MemberId, PoolId } from '../ids.ts';
import { addressFor } from './addresses.ts';
import type { MemberEvidence } from './evidence.ts';
import type { Standing } from './judgement.ts';

/*
 * Each managed name's record is read (PRODUCT.md section 4, "First publish"):
 *
 *   CNAME                                    | shown; cannot be taken over, nothing can be written beside it
 *   another control plane's or unreadable mark | shown unless takeOver
 *   mark of another pool of ours             | shown unless takeOver, as planPublish refuses it
 *   no record of its type                    | free
 *   exactly one address, a member's          | names that member
 *   anything else                            | shown unless takeOver, then free
 *
 * All names together: one of them shown -> shown; two name different members -> shown unless takeOver; one member named -> that member;
 * all free -> the first ready member; nobody ready -> nothing. With takeOver the A records decide before the AAAA ones.
 *
 * A mark of ours beside an AAAA says nothing of that record alone where both types share the mark's place: an address in it that is no
 * member's needs the yes as well.
 */

/** One record of a managed name and what the provider holds for it. */
export interface BoundRecord {
  readonly name: DnsName;
  readonly type: RecordType;
  readonly view: RecordView;
}

export type ShownReason =
  | 'cname'
  | 'foreign-mark'
  | 'other-pools-mark'
  | 'foreign-address'
  | 'several-addresses'
  | 'names-disagree';

/** What is proposed to the person who confirms the first publish. Nothing is ever written without that. */
export type FirstPublish =
  | {
      readonly kind: 'propose';
      readonly memberId: MemberId;
      readonly because: 'record-names-member' | 'record-absent' | 'taken-over';
      /** A named member is proposed even when it is not ready; the preview says so. */
      readonly ready: boolean;
      readonly sentence: string;
    }
  | {
      readonly kind: 'shown';
      readonly because: ShownReason;
      readonly name: DnsName;
      readonly type: RecordType;
      readonly addresses: readonly string[];
      readonly canTakeOver: boolean;
      readonly sentence: string;
    }
  | { readonly kind: 'nothing'; readonly because: 'no-name' | 'no-ready-member'; readonly sentence: string };

/** What the proposal is made from. */
export interface FirstPublishInput {
  readonly pool: PoolId;
  readonly members: readonly Pick<MemberEvidence, 'id' | 'hostname' | 'publicIpv4' | 'publicIpv6'>[];
  readonly standings: readonly Standing[];
  readonly views: readonly BoundRecord[];
  /** A person's explicit yes to records that are not ours. */
  readonly takeOver?: boolean;
}

type Shown = Extract<FirstPublish, { kind: 'shown' }>;
type Finding = { readonly kind: 'free' } | Named | Shown;
interface Named {
  readonly kind: 'names';
  readonly memberId: MemberId;
  readonly bound: BoundRecord;
}

/** Proposes the first active member of a pool, or shows what stands in the way. */
export function proposeFirstPublish(input: FirstPublishInput): FirstPublish {
  const [first] = input.views;
  if (first === undefined)
    return { kind: 'nothing', because: 'no-name', sentence: 'The pool has no managed name yet.' };
  const takeOver = input.takeOver === true;
  const findings = input.views.map((bound) => findIn(bound, input));
  const shown = findings.filter((finding) => finding.kind === 'shown');
  const inTheWay = shown.find((finding) => !(takeOver && finding.canTakeOver));
  if (inTheWay !== undefined) return inTheWay;

  const named = findings.filter((finding) => finding.kind === 'names');
  const other = named.find(({ memberId }) => memberId !== named[0]?.memberId);
  if (other !== undefined && !takeOver) return disagreement(input, other);
  const byA = named.filter(({ bound }) => bound.type === 'A');
  const [only, another] = membersIn(byA.length > 0 ? byA : named);
  if (only !== undefined && another === undefined) return proposal(input, only, 'record-names-member');
  const next = input.standings.find((standing) => standing.ready);
  if (next !== undefined)
    return proposal(input, next.memberId, shown.length + named.length > 0 ? 'taken-over' : 'record-absent');
  return { kind: 'nothing', because: 'no-ready-member', sentence: 'No member is ready yet.' };
}

function membersIn(named: readonly Named[]): readonly MemberId[] {
  return [...new Set(named.map(({ memberId }) => memberId))];
}

function findIn(bound: BoundRecord, { members, pool }: FirstPublishInput): Finding {
  const { name, type, view } = bound;
  const addresses = view.rrset?.addresses ?? [];
  const show = (because: ShownReason, sentence: string): Shown => {
    return { kind: 'shown', because, name, type, addresses, canTakeOver: because !== 'cname', sentence };
  };
  if (view.cname) return show('cname', `${name} is a CNAME; remove it, or manage the name it points to.`);
  if (view.mark.kind === 'foreign') {
    return show('foreign-mark', `${name} carries the mark of another control plane (${view.mark.mark.instance}).`);
  }
  if (view.mark.kind === 'unreadable') return show('foreign-mark', `${name} carries a mark that is not ours.`);
  if (view.mark.kind === 'ours' && view.mark.mark.pool !== pool) {
    return show('other-pools-mark', `${name} carries the mark of another pool of ours (${view.mark.mark.pool}).`);
  }
  const [address] = addresses;
  if (address === undefined) return { kind: 'free' };
  if (addresses.length > 1)
    return show('several-addresses', `${name} holds several addresses: ${addresses.join(', ')}.`);
  const member = members.find((one) => addressFor(one, type) === address);
  if (member === undefined) return show('foreign-address', `${name} holds ${address}, which is no member’s address.`);
  return { kind: 'names', memberId: member.id, bound };
}

/** Shows the first record that names another member than those before it. */
function disagreement({ members }: FirstPublishInput, { memberId, bound }: Named): Shown {
  const { name, type, view } = bound;
  const addresses = view.rrset?.addresses ?? [];
  const hostname = members.find(({ id }) => id === memberId)?.hostname ?? memberId;
  const apart = type === 'AAAA' ? ` The AAAA of ${name} is that of ${hostname}.` : '';
  const sentence = `The managed names hold the addresses of different members; choose the one that shall be active.${apart}`;
  return { kind: 'shown', because: 'names-disagree', name, type, addresses, canTakeOver: true, sentence };
}

const proposalText = {
  'record-names-member': 'the record holds its address already',
  'record-absent': 'the record does not exist yet, and it is the first ready member',
  'taken-over': 'it is the first ready member, and what the record holds now is replaced',
} as const;

function proposal(
  { members, standings }: FirstPublishInput,
  memberId: MemberId,
  because: keyof typeof proposalText,
): FirstPublish {
  const hostname = members.find((member) => member.id === memberId)?.hostname ?? memberId;
  const standing = standings.find((one) => one.memberId === memberId);
  const ready = standing?.ready === true;
  const caution = ready ? '' : ` It is not ready: ${standing?.sentence ?? 'nothing is known of it.'}`;
  return {
    kind: 'propose',
    memberId,
    because,
    ready,
    sentence: `Propose ${hostname}: ${proposalText[because]}.${caution}`,
  };
}
