import type { FirstPublishInput, FirstPublishView, PromoteResult } from '@serverctl/contract';
import {
  AppError,
  type BindingId,
  type BoundRecord,
  type FirstPublish,
  judge,
  type MemberId,
  type PoolEvidence,
  proposeFirstPublish,
  type Standing,
} from '@serverctl/core';
import type { z } from 'zod';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import { getMember } from '../../db/repositories/members.ts';
import { getPool } from '../../db/repositories/pools.ts';
import type { ConfirmedName } from '../../worker/ports.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { markText } from '../dns/try-record.ts';
import { readRecords } from '../records/read-records.ts';
import { raiseSeenEpoch, seenEpochIn } from '../records/seen-epoch.ts';
import { inTransaction } from '../transaction.ts';
import { freshEvidence } from './fresh-evidence.ts';
import { readPromotionView } from './read-promotions.ts';
import { personsPromotion, tellChannels } from './record-promotion.ts';

/*
 * A pool starts with no active member and never promotes by itself in that state (PRODUCT.md section 4). The records are read and a member
 * is proposed; a person confirms, and that is epoch 1, or one above the greatest that a mark of this pool says (R25). What is read is read
 * again at the confirmation: nothing is confirmed unseen.
 */

interface Reading {
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
  return {
    kind: kindOf(proposal),
    proposedMemberId: proposedMember(reading, proposal),
    sentence: proposal.sentence,
    records: views.map(({ name, view }) => ({
      name,
      addresses: [...(view.rrset?.addresses ?? [])],
      mark: markText(view),
      ttlSeconds: view.rrset?.ttlSeconds ?? null,
      cname: view.cname,
    })),
  };
}

/** A person's yes. `takeOver` says yes to records that are not ours; a record without a mark that holds the member's address needs none. */
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
  const namesAnother =
    proposal.kind === 'propose' && proposal.because === 'record-names-member' && proposal.memberId !== to;
  if (namesAnother && !input.takeOver) {
    throw namedAnother(reading, proposal.memberId);
  }
  const sentence = targetSentence(reading, to, input.confirmNotReady);
  const address = addressOf(reading, to);
  const promotion = personsPromotion(deps, caller, {
    kind: 'first-publish',
    evidence,
    from: null,
    to,
    confirmedNames: confirmedNames(reading, address, input.takeOver),
    sentence,
    reason: input.reason ?? null,
  });
  const poolId = evidence.pool.id;
  const epoch = await inTransaction(deps.db, async (trx) => {
    await raiseSeenEpoch(trx, poolId, seenEpochIn(poolId, views));
    return promoteWithin(trx, promotion);
  });
  tellChannels(deps, promotion, epoch);
  const preview = {
    fromMemberId: null,
    toMemberId: to,
    ready: standings.find((one) => one.memberId === to)?.ready ?? false,
    sentence,
    names: reading.bindings.map((binding, index) => ({
      name: binding.name,
      from: [...(views[index]?.view.rrset?.addresses ?? [])],
      to: address,
      ttlSeconds: binding.ttl_seconds,
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
  return { evidence, standings: judge(evidence).standings, bindings, views };
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
  const details = { name: proposal.name, addresses: proposal.addresses, because: proposal.sentence };
  if (proposal.because === 'cname') return new AppError('dns_cname_in_the_way', details);
  return new AppError(proposal.because === 'foreign-mark' ? 'dns_foreign_mark' : 'record_not_ours', details);
}

/** The record is nobody else's: it only answers with another of this pool's members than the chosen one. */
function namedAnother(reading: Reading, memberId: MemberId): AppError {
  const hostname = reading.evidence.members.find((member) => member.id === memberId)?.hostname ?? memberId;
  return new AppError('record_names_another_member', { member: hostname, address: addressOf(reading, memberId) });
}

/** Throws `target_has_no_address`, or `target_not_ready` unless the person confirmed it. */
function targetSentence(reading: Reading, to: MemberId, confirmed: boolean): string {
  const member = reading.evidence.members.find((one) => one.id === to);
  const standing = reading.standings.find((one) => one.memberId === to);
  const hostname = member?.hostname ?? to;
  if (addressOf(reading, to) === null) throw new AppError('target_has_no_address', { member: hostname });
  if (standing?.ready === true) return `First publish: ${hostname} becomes active. ${standing.sentence}`;
  const because = standing?.sentence ?? 'Nothing is known of it.';
  if (!confirmed) throw new AppError('target_not_ready', { member: hostname, because });
  return `First publish: ${hostname} becomes active although it is not ready: ${because}`;
}

/** The person's yes to each name as it was read, for the publisher and the auditor: kept with the promotion or not at all. */
function confirmedNames({ bindings, views }: Reading, address: string | null, takeOver: boolean): ConfirmedName[] {
  return bindings.map((binding, index) => {
    const view = views[index]?.view;
    const held = view?.rrset?.addresses ?? [];
    const adopted = view?.mark.kind === 'none' && held.join() === address;
    return {
      bindingId: binding.id as BindingId,
      name: binding.name,
      takeOver: takeOver || adopted,
      held,
      mark: view === undefined ? null : markText(view),
    };
  });
}

function addressOf({ evidence }: Reading, to: MemberId): string | null {
  return evidence.members.find((member) => member.id === to)?.publicIpv4 ?? null;
}
