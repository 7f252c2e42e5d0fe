import { isDeepStrictEqual } from 'node:util';
import type { WhyQuery, WhyView } from '@serverctl/contract';
import {
  AppError,
  type Decision,
  decisionOutline,
  explainWhy,
  minuteMs,
  type PoolEvidence,
  secondMs,
} from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { decisionOf, firstDecisionAt } from '../../db/repositories/decisions.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { agedSentence } from '../views/judgement-age.ts';
import { type PoolSnapshot, readSnapshot } from '../views/snapshot.ts';
import { type Asked, type History, readHistory } from './why-history.ts';

const shownChanges = 20;
/** Who asks may have a clock that is ahead, and a second that is named means all of it: so far ahead is now. */
const aheadMs = minuteMs;

/** A decision as it was stored, and the evidence it was made from. */
interface Stored {
  readonly decision: Decision;
  readonly sentence: string;
  readonly evidence: PoolEvidence;
  readonly judgedAt: Date;
  readonly since: Date;
}

/**
 * Why a pool is judged as it is now, or was at a moment (R14): from the evidence that was stored with the decision, decided on once more.
 * Throws `decision_not_found`, with the earliest moment that is known, and `request_invalid` for a moment that is still to come.
 */
export async function readWhy(
  { db, clock }: ServiceDeps,
  ref: string,
  { at }: z.output<typeof WhyQuery>,
): Promise<WhyView> {
  const asked = at === undefined ? null : pastInstant(at, clock.wallTime());
  const snapshot = await readSnapshot(db, clock.wallTime(), ref);
  const span = at === undefined ? { from: null, upTo: null } : spanOf(at);
  const history = await readHistory(db, snapshot.pool.id, span, shownChanges);
  const stored = asked === null ? await presentOf(db, snapshot, history) : await pastOf(db, history);
  if (stored === null) {
    const earliest = await firstDecisionAt(db, snapshot.pool.id);
    throw new AppError('decision_not_found', {
      pool: snapshot.pool.name,
      earliest: earliest?.toISOString() ?? null,
    });
  }
  const { decision, sentence, evidence, judgedAt, since } = stored;
  const why = explainWhy(evidence);
  return {
    at: (asked ?? snapshot.at).toISOString(),
    judgedAt: judgedAt.toISOString(),
    since: since.toISOString(),
    kind: decision.kind,
    because: decision.because,
    sentence,
    rules: [...why.rules],
    inputs: why.inputs.map((input) => ({ ...input })),
    chosen: why.chosen,
    others: why.others.map((other) => ({ ...other })),
    replayed: isDeepStrictEqual(JSON.parse(JSON.stringify(why.decision)), decision),
    decision,
    evidence,
    besides: [...history.besides],
    changes: [...history.changes],
  };
}

/** Nobody knows why a pool will be judged in some way: the last judgement must not stand for a moment that is still to come. */
function pastInstant(at: string, now: Date): Date {
  const instant = new Date(at);
  if (instant.getTime() > now.getTime() + aheadMs)
    throw new AppError('request_invalid', { fields: ['query.at: must not lie ahead'] });
  return instant;
}

/**
 * Times are shown to the second: one that is named without a fraction means all of it. The database keeps microseconds and the API tells
 * milliseconds: who asks for the moment of a change means the change itself.
 */
function spanOf(at: string): Asked {
  const instant = new Date(at);
  return at.includes('.')
    ? { from: null, upTo: new Date(instant.getTime() + 1) }
    : { from: instant, upTo: new Date(instant.getTime() + secondMs) };
}

/** The last judgement, and how old it is when no loop judges any more. It holds since the last change, when that change is already kept. */
async function presentOf(
  db: Kysely<Database>,
  snapshot: PoolSnapshot<PoolEvidence>,
  history: History,
): Promise<Stored | null> {
  const { pool, judged, at: now } = snapshot;
  const { told: newest } = history;
  // A change is kept at once, the judgement once in a second: the later of the two is what holds.
  if (newest !== null && judged !== null && newest.keptAt > judged.at) return pastOf(db, history);
  if (judged === null) return null;
  const { judgement, evidence, at } = judged;
  const { decision } = judgement;
  const since = newest?.outline === decisionOutline(decision, evidence.pool) ? newest.since : at;
  const aged = agedSentence(at, now, 'this pool');
  const old = evidence.pool.epoch === pool.epoch ? null : `Not judged yet under epoch ${pool.epoch}.`;
  const caution = aged ?? old;
  const sentence = caution === null ? judgement.sentence : `${caution} The last judgement: ${judgement.sentence}`;
  return { decision, sentence, evidence, judgedAt: at, since };
}

async function pastOf(db: Kysely<Database>, { told }: History): Promise<Stored | null> {
  const row = told === null ? null : await decisionOf(db, told.last);
  if (told === null || row === null) return null;
  const { sentence, at } = row;
  // Written by our own loop from these very types; nobody else writes the table.
  return {
    decision: row.decision as Decision,
    sentence,
    evidence: row.evidence as PoolEvidence,
    judgedAt: at,
    since: told.since,
  };
}
