import { isDeepStrictEqual } from 'node:util';
import type { DecisionChange, WhyQuery, WhyView } from '@serverctl/contract';
import { AppError, type Decision, explainWhy, type PoolEvidence } from '@serverctl/core';
import type { z } from 'zod';
import {
  changesUpTo,
  type DecisionChangeRow,
  type DecisionRow,
  decisionAt,
  firstDecisionAt,
} from '../../db/repositories/decisions.ts';
import type { ServiceDeps } from '../deps.ts';
import { type PoolSnapshot, readSnapshot } from '../views/snapshot.ts';

const shownChanges = 20;

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
 * Throws `decision_not_found`, with the earliest moment that is known.
 */
export async function readWhy(
  { db, clock }: ServiceDeps,
  ref: string,
  { at }: z.output<typeof WhyQuery>,
): Promise<WhyView> {
  const snapshot = await readSnapshot(db, clock.wallTime(), ref);
  const moment = at === undefined ? null : endOfMillisecond(at);
  const row = await decisionAt(db, snapshot.pool.id, moment ?? snapshot.at);
  const stored = moment === null ? presentOf(snapshot, row) : pastOf(row);
  if (stored === null) {
    const earliest = await firstDecisionAt(db, snapshot.pool.id);
    throw new AppError('decision_not_found', {
      pool: snapshot.pool.name,
      earliest: earliest?.toISOString() ?? null,
    });
  }
  const changes = await changesUpTo(db, snapshot.pool.id, moment, shownChanges);
  const { decision, sentence, evidence, judgedAt, since } = stored;
  const why = explainWhy(evidence);
  return {
    at: (at === undefined ? snapshot.at : new Date(at)).toISOString(),
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
    changes: changes.map(changeView),
  };
}

/** The database keeps microseconds and we tell milliseconds: who asks for the moment of a change means the change itself. */
function endOfMillisecond(instant: string): Date {
  return new Date(Date.parse(instant) + 1);
}

/** The last judgement. It holds since the last change, when that change is already kept. */
function presentOf({ judged }: PoolSnapshot, row: DecisionRow | null): Stored | null {
  if (judged === null) return null;
  const { judgement, evidence, at } = judged;
  const { decision, sentence } = judgement;
  const since = row !== null && isSameDecision(row.decision as Decision, decision) ? row.at : at;
  return { decision, sentence, evidence, judgedAt: at, since };
}

function pastOf(row: DecisionRow | null): Stored | null {
  if (row === null) return null;
  const { sentence, at } = row;
  // Written by our own loop from these very types; nobody else writes the table.
  return {
    decision: row.decision as Decision,
    sentence,
    evidence: row.evidence as PoolEvidence,
    judgedAt: at,
    since: at,
  };
}

/** Times left change at every look; who, what and why are the decision. */
function isSameDecision(one: Decision, other: Decision): boolean {
  const target = (decision: Decision) => (decision.kind === 'promote' ? decision.to : null);
  return one.kind === other.kind && one.because === other.because && target(one) === target(other);
}

function changeView({ at, decision, sentence }: DecisionChangeRow): DecisionChange {
  const { kind, because } = decision as Decision;
  return { at: at.toISOString(), kind, because, sentence };
}
