import type { FirstPublishInput, FirstPublishView, PromoteResult } from '@serverctl/contract';
import {
  AppError,
  addressFor,
  type BindingId,
  type BoundRecord,
  type FirstPublish,
  judge,
  lackCode,
  type MemberId,
  markText,
  missingAddresses,
  type PoolEvidence,
  proposeFirstPublish,
  type RecordType,
  type Standing,
  withdrawnText,
} from '@serverctl/core';
import type { z } from 'zod';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import { getMember } from '../../db/repositories/members.ts';
import { getPool, type PoolRow } from '../../db/repositories/pools.ts';
import type { ConfirmedName } from '../../worker/ports.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { joiningOf } from '../dns/joining.ts';
import { noteSentence } from '../dns/note-words.ts';
import { oldTtlWarning } from '../dns/old-ttl.ts';
import { effectiveTtlAt } from '../dns/ttl-cost.ts';
import { readRecords } from '../records/read-records.ts';
import { raiseSeenEpoch, seenEpochIn } from '../records/seen-epoch.ts';
import { assertShownMarks } from '../records/shown-marks.ts';
import { inTransaction } from '../transaction.ts';
import { freshEvidence } from './fresh-evidence.ts';
import { readPromotionView } from './read-promotions.ts';
import { personsPromotion } from './record-promotion.ts';

/*
 * A pool starts with no active member and never promotes by itself in that state (PRODUCT.md section 4). The records are read and a member
 * is proposed; a person confirms, and that is epoch 1, or one above the greatest that a mark of this pool says (R25). What is read is read
 * again at the confirmation, and a mark that the person was not shown is `pool_changed` (R21): who does not say what was shown says yes to
 * the marks that are read then. The address is not held to what was shown.
 */

interface Reading {
  readonly pool: PoolRow;
  readonly evidence: PoolEvidence;
  readonly standings: readonly Standing[];
  readonly bindings: readonly BindingRow[];
  readonly views: readonly BoundRecord[];
}

/** What would be published, and what stands there now. Reads, writes nothing. */
export async function previewFirstPublish(deps: ServiceDeps, poolRef: string): Promise<FirstPublishView> {
  const reading = await read(deps, poolRef);
  const { evidence, standings, views } = reading;
  const proposal = proposeFirstPublish({ pool: evidence.pool.id, members: evidence.members, standings, views });
  const ttls = newTtls(reading);
  const warnings = await oldTtlWarnings(deps, reading, ttls);
  return {
    kind: kindOf(proposal),
    proposedMemberId: proposedMember(reading, proposal),
    sentence: proposal.sentence,
    records: views.map(({ name, type, view }, place) => ({
      name,
      type,
      addresses: [...(view.rrset?.addresses ?? [])],
      mark: markText(view),
      ttlSeconds: view.rrset?.ttlSeconds ?? null,
      proxied: view.proxied ?? false,
      note: view.note || null,
      noteSentence: noteSentence(view),
      warning: warnings[place] ?? null,
      cname: view.cname,
      notOurs: notOurs(reading, place),
      newTtlSeconds: ttls[place] ?? null,
    })),
  };
}

/**
 * A person's yes. `takeOver` says yes to records that are not ours, under the marks in `expectMarks`; a record without a mark that holds the
 * member's address needs none.
 */
export async function confirmFirstPublish(
  deps: ServiceDeps,
  caller: Caller,
  poolRef: string,
  input: z.output<typeof FirstPublishInput>,
): Promise<PromoteResult> {
  const reading = await read(deps, poolRef);
  const { evidence, standings, views } = reading;
  const to = (await getMember(deps.db, evidence.pool.id, input.memberId)).id as MemberId;
  const proposal = proposeFirstPublish({
    pool: evidence.pool.id,
    members: evidence.members,
    standings,
    views,
    takeOver: input.takeOver,
  });
  if (proposal.kind === 'shown') throw inTheWay(proposal);
  assertShownMarks(evidence.pool, views, input.expectMarks);
  const namesAnother =
    proposal.kind === 'propose' && proposal.because === 'record-names-member' && proposal.memberId !== to;
  if (namesAnother && !input.takeOver) {
    throw namedAnother(reading, proposal.memberId);
  }
  const sentence = targetSentence(reading, to, input.confirmNotReady);
  const promotion = personsPromotion(deps, caller, {
    kind: 'first-publish',
    evidence,
    from: null,
    to,
    confirmedNames: confirmedNames(reading, to, input.takeOver),
    sentence,
    reason: input.reason ?? null,
  });
  const poolId = evidence.pool.id;
  await inTransaction(deps.db, async (trx) => {
    await raiseSeenEpoch(trx, poolId, seenEpochIn(poolId, views));
    await promoteWithin(trx, promotion);
  });
  const ttls = newTtls(reading);
  const preview = {
    fromMemberId: null,
    toMemberId: to,
    ready: standings.find((one) => one.memberId === to)?.ready ?? false,
    sentence,
    names: reading.bindings.map((binding, index) => ({
      name: binding.name,
      type: binding.type as RecordType,
      from: [...(views[index]?.view.rrset?.addresses ?? [])],
      to: addressOf(reading, to, binding.type),
      ttlSeconds: views[index]?.view.rrset?.ttlSeconds ?? ttls[index] ?? binding.ttl_seconds,
      warnings: [],
    })),
  };
  return { preview, promotion: await readPromotionView(deps, poolId, promotion.id) };
}

/** Reads every name at its provider. Throws `pool_already_active`, `binding_missing`, or the provider's own error. */
async function read(deps: ServiceDeps, poolRef: string): Promise<Reading> {
  const { db } = deps;
  const pool = await getPool(db, poolRef);
  if (pool.active_member_id !== null) throw new AppError('pool_already_active', { pool: pool.name });
  const bindings = await listBindings(db, pool.id);
  if (bindings.length === 0) throw new AppError('binding_missing', { pool: pool.name });
  const views = await readRecords(deps, bindings);
  const evidence = await freshEvidence(db, pool.id);
  return { pool, evidence, standings: judge(evidence).standings, bindings, views };
}

/** What stands at one record that needs the yes to taking it over, as it would be told of this one alone; null = nothing. */
function notOurs({ evidence, standings, views }: Reading, place: number): string | null {
  const alone = views.slice(place, place + 1);
  const found = proposeFirstPublish({ pool: evidence.pool.id, members: evidence.members, standings, views: alone });
  return found.kind === 'shown' ? found.sentence : null;
}

/** The TTL that each record gets, in the bindings' order. */
function newTtls({ bindings, views }: Reading): readonly number[] {
  return bindings.map((binding, place) => {
    const { ttl_seconds: ttlSeconds } = binding;
    const wish = { ttlSeconds, proxied: binding.proxied ?? views[place]?.view.proxied ?? false };
    return effectiveTtlAt(binding, wish) ?? ttlSeconds;
  });
}

/** What each record's present TTL costs, in the bindings' order. */
async function oldTtlWarnings(
  { db }: Pick<ServiceDeps, 'db'>,
  { pool, views }: Reading,
  ttls: readonly number[],
): Promise<readonly (string | null)[]> {
  const joinings = { A: await joiningOf(db, pool, 'A'), AAAA: await joiningOf(db, pool, 'AAAA') };
  return views.map(({ type, view }, place) => oldTtlWarning(view, ttls[place] ?? null, joinings[type]));
}

/** Whom a yes would make active; with a record that is not ours, whom the yes to taking it over would. */
function proposedMember({ evidence, standings, views }: Reading, proposal: FirstPublish): MemberId | null {
  if (proposal.kind === 'propose') return proposal.memberId;
  if (proposal.kind !== 'shown' || !proposal.canTakeOver) return null;
  const taken = proposeFirstPublish({
    pool: evidence.pool.id,
    members: evidence.members,
    standings,
    views,
    takeOver: true,
  });
  return taken.kind === 'propose' ? taken.memberId : null;
}

function kindOf(proposal: FirstPublish): FirstPublishView['kind'] {
  if (proposal.kind === 'nothing') return proposal.because === 'no-name' ? 'impossible' : 'nobody-ready';
  if (proposal.kind === 'shown') return proposal.canTakeOver ? 'take-over' : 'impossible';
  return proposal.because === 'record-names-member' ? 'adopt' : 'create';
}

function inTheWay(proposal: Extract<FirstPublish, { kind: 'shown' }>): AppError {
  const details = {
    name: proposal.name,
    type: proposal.type,
    addresses: proposal.addresses,
    because: proposal.sentence,
  };
  if (proposal.because === 'cname') return new AppError('dns_cname_in_the_way', details);
  return new AppError(proposal.because === 'foreign-mark' ? 'dns_foreign_mark' : 'record_not_ours', details);
}

/** The record is nobody else's: it only answers with another of this pool's members than the chosen one. */
function namedAnother(reading: Reading, memberId: MemberId): AppError {
  const hostname = reading.evidence.members.find((member) => member.id === memberId)?.hostname ?? memberId;
  const address = addressOf(reading, memberId, 'A') ?? addressOf(reading, memberId, 'AAAA');
  return new AppError('record_names_another_member', { member: hostname, address });
}

/** Throws `target_has_no_address`, `target_has_no_aaaa`, or `target_not_ready` unless the person confirmed it. */
function targetSentence(reading: Reading, to: MemberId, confirmed: boolean): string {
  const member = reading.evidence.members.find((one) => one.id === to);
  const standing = reading.standings.find((one) => one.memberId === to);
  const hostname = member?.hostname ?? to;
  const [lack] = member === undefined ? [] : missingAddresses(member, reading.evidence);
  if (lack !== undefined) throw new AppError(lackCode(lack), { member: hostname });
  const withdrawal = withdrawnText(reading.evidence, to);
  const aaaa = withdrawal === null ? '' : ` ${withdrawal}.`;
  if (standing?.ready === true) return `First publish: ${hostname} became active. ${standing.sentence}${aaaa}`;
  const because = standing?.sentence ?? 'Nothing is known of it.';
  if (!confirmed) throw new AppError('target_not_ready', { member: hostname, because });
  return `First publish: ${hostname} became active although it was not ready: ${because}${aaaa}`;
}

/** The person's yes to each name as it was read, for the publisher and the auditor: kept with the promotion or not at all. */
function confirmedNames(reading: Reading, to: MemberId, takeOver: boolean): ConfirmedName[] {
  const { bindings, views } = reading;
  return bindings.map((binding, index) => {
    const view = views[index]?.view;
    const held = view?.rrset?.addresses ?? [];
    const adopted = view?.mark.kind === 'none' && held.join() === addressOf(reading, to, binding.type);
    return {
      bindingId: binding.id as BindingId,
      name: binding.name,
      takeOver: takeOver || adopted,
      held,
      mark: view === undefined ? null : markText(view),
    };
  });
}

function addressOf({ evidence }: Reading, to: MemberId, type: string): string | null {
  const member = evidence.members.find(({ id }) => id === to);
  return member === undefined ? null : addressFor(member, type as RecordType);
}
