import {
  AppError,
  addressFor,
  type BindingId,
  type BoundRecord,
  classifyDrift,
  type DnsName,
  type Drift,
  desiredAddress,
  type Ipv4,
  type Ipv6,
  type Ipv6Policy,
  type Member,
  type MemberId,
  markText,
  type PoolId,
  type PromotionId,
  type RecordType,
} from '@serverctl/core';
import type { Transaction } from 'kysely';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import { listMembers, memberWithAddress } from '../../db/repositories/members.ts';
import { getPool, type PoolRow } from '../../db/repositories/pools.ts';
import { type PresentAddresses, promotionOfEpoch } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';
import type { ConfirmedName } from '../../worker/ports.ts';
import type { ServiceDeps } from '../deps.ts';
import { readRecords } from './read-records.ts';
import { seenEpochIn } from './seen-epoch.ts';

/** One managed name, what its provider holds, and how that differs from what the pool left there. */
export interface RecordNow {
  readonly binding: BindingRow;
  readonly bound: BoundRecord;
  readonly drift: Drift;
  /** The address that the pool left there; null while nobody is active, and where an AAAA was withdrawn (R20). */
  readonly address: string | null;
}

/** A pool's records as they stand, read for a person who is to say what becomes of them. */
export interface RecordsNow {
  readonly pool: PoolRow;
  readonly records: readonly RecordNow[];
  /** The one member that every record names; null when they name several, none, or somebody else. An AAAA that is absent names nobody else. */
  readonly named: Member | null;
  readonly members: readonly Member[];
  /** The greatest epoch in a mark of this pool (R25). */
  readonly seenEpoch: number;
}

/** Drift that only a person can settle: two sides claim the record (R21, R25). */
const disputed: ReadonlySet<Drift['kind']> = new Set(['foreign-mark', 'newer-epoch', 'other-member']);

/** Reads every name at its provider. Throws `pool_not_found`, `dns_cname_in_the_way`, or the provider's own error. */
export async function readRecordsNow(deps: ServiceDeps, poolRef: string): Promise<RecordsNow> {
  const pool = await getPool(deps.db, poolRef);
  const bindings = await listBindings(deps.db, pool.id);
  const members = (await listMembers(deps.db, pool.id)).map(memberWithAddress);
  const present = pool.active_member_id === null ? null : await promotionOfEpoch(deps.db, pool.id, pool.epoch);
  const views = await readRecords(deps, bindings);
  const records = bindings.flatMap((binding, index): RecordNow[] => {
    const bound = views[index];
    if (bound === undefined) return [];
    if (bound.view.cname) throw new AppError('dns_cname_in_the_way', { name: binding.name });
    const wished = wishedOf(pool, binding, present ?? null, bindings);
    const address = wished?.address ?? null;
    return [{ binding, bound, address, drift: driftOf(pool, binding, bound, wished, members) }];
  });
  return { pool, records, named: namedBy(views, members), members, seenEpoch: seenEpochIn(pool.id, views) };
}

interface Wished {
  readonly promotion: PromotionId;
  /** Null = none (R20, `drop`). */
  readonly address: Ipv4 | Ipv6 | null;
}

/** What the record shall hold; null = nothing is wished for: nobody is active, or the promotion has no address of the family. */
function wishedOf(
  pool: PoolRow,
  binding: BindingRow,
  present: (PresentAddresses & { readonly id: string }) | null,
  bindings: readonly BindingRow[],
): Wished | null {
  if (present === null) return null;
  // Written by our own store, from what core parsed.
  const addresses = { address: present.address as Ipv4 | null, address6: present.address6 as Ipv6 | null };
  const isItsA = ({ name, type }: BindingRow) => name === binding.name && type === 'A';
  const hasPublishedA = bindings.some((row) => isItsA(row) && row.published_epoch > 0);
  const address = desiredAddress(recordOf(binding), addresses, { ipv6: pool.ipv6 as Ipv6Policy, hasPublishedA });
  return address === undefined ? null : { promotion: present.id as PromotionId, address };
}

function recordOf({ name, type }: BindingRow): Pick<BoundRecord, 'name' | 'type'> {
  return { name: name as DnsName, type: type as RecordType };
}

/**
 * While nobody is active nothing is wished for, so nothing differs. A mark alone that is missing is put back without a word. What we wrote
 * ourselves under an earlier epoch is only waiting for its write.
 */
function driftOf(
  pool: PoolRow,
  { published_epoch: publishedEpoch, published_address: published }: BindingRow,
  { type, view }: BoundRecord,
  wished: Wished | null,
  members: readonly Member[],
): Drift {
  if (wished === null) return { kind: 'none' };
  const drift = classifyDrift({
    view,
    ...wished,
    pool: pool.id as PoolId,
    epoch: pool.epoch,
    members: members.map((member) => ({ id: member.id, address: addressFor(member, type) })),
    canMark: false,
  });
  const isOurOwn = publishedEpoch < pool.epoch && view.rrset?.addresses.join() === published;
  return drift.kind === 'other-member' && isOurOwn ? { kind: 'older-epoch', action: 'repair' } : drift;
}

function namedBy(records: readonly BoundRecord[], members: readonly Member[]): Member | null {
  const naming = records.filter(({ type, view }) => type === 'A' || view.rrset !== null);
  if (naming.length === 0) return null;
  const isNamed = (member: Member) =>
    naming.every(({ type, view }) => {
      const held = view.rrset?.addresses ?? [];
      return held.length === 1 && held[0] === addressFor(member, type);
    });
  return members.find(isNamed) ?? null;
}

export const isDisputed = ({ drift }: RecordNow): boolean => disputed.has(drift.kind);
/** A mark that is behind or missing is put right by the publisher without a word. */
export const isAsWished = (record: RecordNow): boolean =>
  record.drift.kind === 'none' ||
  (!isDisputed(record) && (record.bound.view.rrset?.addresses.join() ?? null) === record.address);

/** What stands at each name that is not as the pool left it, in words for the person who decides. */
export function differenceWords({ records, pool }: RecordsNow): string[] {
  return records
    .filter((record) => !isAsWished(record))
    .map((record) => `${record.binding.name} ${wordsOf(record, pool)}`);
}

/** What the names hold and whose that is, the most names first: for the person whose adoption needs all of them to name one member. */
export function heldWords({ records, pool, members }: RecordsNow): string[] {
  const byWords = Map.groupBy(records, (record) => `${wordsOf(record, pool)}${holderWords(record, members)}`);
  return [...byWords]
    .toSorted(([, some], [, others]) => others.length - some.length)
    .map(([words, [first, ...more]]) => {
      const name = first === undefined ? '' : recordName(first);
      return more.length === 0 ? `${name} ${words}` : `${name} and ${more.length} more: each ${words}`;
    });
}

function recordName({ binding: { name, type } }: RecordNow): string {
  return type === 'A' ? name : `${name} (${type})`;
}

function holderWords({ bound: { type, view } }: RecordNow, members: readonly Member[]): string {
  const [held] = view.rrset?.addresses ?? [];
  if (held === undefined) return '';
  const holder = members.find((member) => addressFor(member, type) === held);
  return holder === undefined ? ', which is no member’s' : ` (${holder.hostname})`;
}

/** What stands at this name, to follow its name. */
export function wordsOf({ bound: { view }, drift }: RecordNow, pool: PoolRow): string {
  const held = view.rrset?.addresses.join(', ') ?? 'nothing';
  if (drift.kind === 'foreign-mark') return `holds ${held} under a mark that is not this pool’s: ${markText(view)}`;
  if (drift.kind === 'newer-epoch') return `holds ${held} under epoch ${drift.seen}, ${pastWords(drift.seen, pool)}`;
  return `holds ${held}`;
}

function pastWords(seen: number, { epoch }: PoolRow): string {
  return seen > epoch ? `newer than ours (${epoch})` : 'which another promotion made than ours';
}

/** The person's yes to each name as it was read. Marks that are not ours are taken over; the rest needs no yes. */
export function confirmedRecords({ records }: RecordsNow): ConfirmedName[] {
  return records.map(({ binding, bound: { name, view }, drift }) => ({
    bindingId: binding.id as BindingId,
    name,
    takeOver: drift.kind === 'foreign-mark' || binding.take_over,
    held: view.rrset?.addresses ?? [],
    mark: markText(view),
  }));
}

/**
 * Whether the locked pool is still the one whose records were read: a person's yes is about what that person was shown, not about another
 * pause, another mark that the publisher met since, a name that was added, or a member that moved. Throws `pool_changed`.
 */
export async function assertStill(trx: Transaction<Database>, { pool, records, members }: RecordsNow, now: PoolRow) {
  const facts = (row: PoolRow, bindingIds: readonly string[], of: readonly Member[]) => {
    const addresses = of.map((one) => [one.id, addressFor(one, 'A'), addressFor(one, 'AAAA')].join(' ')).toSorted();
    return JSON.stringify([
      row.epoch,
      row.active_member_id,
      row.paused_at,
      row.seen_epoch,
      bindingIds.toSorted(),
      addresses,
    ]);
  };
  const read = facts(
    pool,
    records.map(({ binding }) => binding.id),
    members,
  );
  const bindingIds = (await listBindings(trx, now.id)).map(({ id }) => id);
  const present = facts(now, bindingIds, (await listMembers(trx, now.id)).map(memberWithAddress));
  if (present !== read) throw new AppError('pool_changed', { pool: now.name, epoch: now.epoch });
}

/** The active member's id. Throws `pool_not_active`. */
export function activeOf(pool: PoolRow): MemberId {
  if (pool.active_member_id === null) throw new AppError('pool_not_active', { pool: pool.name });
  return pool.active_member_id as MemberId;
}
