import type { PoolPatch } from '@serverctl/contract';
import {
  AppError,
  addressNeeds,
  type Decision,
  haproxyIsJudged,
  type Judgement,
  judge,
  movingKinds,
  type Pool,
  type PoolEvidence,
} from '@serverctl/core';
import type { Kysely } from 'kysely';
import { namesOf } from '../../db/pool-store/names.ts';
import type { Database } from '../../db/schema.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';

/**
 * Switching on moves nothing while these hold: at their end trouble starts at zero, or a person looks (R11, R13). The fleet's brakes only put
 * a move off by seconds (R9, R10).
 */
const standsStill: ReadonlySet<Decision['because']> = new Set(['paused', 'maintenance', 'held']);

/**
 * Switching automatic failover on while the active member is lost would move the record: says so and asks (PRODUCT.md section 4), also
 * when a cooldown, a standby not ready yet or the rest of the grace delays the move by seconds. Throws `failover_would_move_now`, and
 * `pool_changed` where it was confirmed for another member than it would move to now: a yes to one is none to another (R13).
 * Nothing judged yet, or nobody to move to = nothing would move.
 */
export async function refuseSurprisingMove(
  db: Kysely<Database>,
  pool: Pool,
  { confirmMove, expectNext }: Pick<PoolPatch, 'confirmMove' | 'expectNext'>,
): Promise<void> {
  if (confirmMove === true && expectNext === undefined) return;
  const needs = addressNeeds(await namesOf(db, pool.id), pool.ipv6);
  const evidence: PoolEvidence = { ...(await freshEvidence(db, pool.id)), pool, needs };
  const judgement = judge(evidence);
  const { decision } = judgement;
  // `held` is decided only once trouble is proven, but a held pool does not move before that either (R11).
  if (pool.held || standsStill.has(decision.because)) return;
  if (!movesAway(decision) && !activeInTrouble(evidence, judgement)) return;
  const toId = decision.kind === 'promote' ? decision.to : judgement.nextInLine;
  const to = evidence.members.find((member) => member.id === toId);
  if (confirmMove !== true)
    throw new AppError('failover_would_move_now', { because: judgement.sentence, to: to?.hostname ?? null });
  if (to !== undefined && (expectNext === to.id || expectNext?.toLowerCase() === to.hostname)) return;
  throw new AppError('pool_changed', { pool: pool.name, next: to?.hostname ?? null });
}

/** Dynamic DNS has a switch of its own, and moves to no other member. */
function movesAway(decision: Decision): boolean {
  return decision.kind === 'promote' && decision.because !== 'address-changed';
}

function activeInTrouble({ pool, members }: PoolEvidence, { health }: Judgement): boolean {
  const active = members.find((member) => member.id === pool.activeMemberId);
  if (active === undefined || members.length < 2) return false;
  if (haproxyIsJudged(active, pool) && active.haproxy.kind === 'inactive') return true;
  return movingKinds.has(health[active.id]?.kind ?? 'unknown');
}
