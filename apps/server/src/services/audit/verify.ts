import type { AuditVerified, AuditVerifyQuery } from '@serverctl/contract';
import { secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import {
  countUnsealed,
  endOfRange,
  lastPosition,
  readSealed,
  type SealedRow,
  stillUnsealed,
} from '../../db/repositories/audit-seals.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SecretBox } from '../../platform/secrets.ts';
import { beforeFirst, type Chain, createChain, type Fault, judgeSeal } from './chain.ts';
import { createFindings, type Findings } from './findings.ts';
import type { Head } from './head-check.ts';

/*
 * Walks the whole chain from position 1 in batches, each seal with its entry, and then looks for entries that no seal belongs to. Nothing is
 * held in memory but the last hash, so a long log costs time only; the failover loop beside it waits a few milliseconds at most.
 */

export interface VerifyDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly secrets: Pick<SecretBox, 'deriveKey'>;
}

const batchSize = 500;
/** So many entries are looked at in one statement, which has 10 s, for some that have no seal. */
const rangeSize = 20_000;
/** Sealed are entries within two seconds of their commit. */
const overdueSeconds = 10;
/** An entry is as old as its writing, but is seen from its commit on only: what seems overdue is looked at again. */
const secondLookMs = 3 * secondMs;
const mostOverdue = 100;

/** Says whether the chain holds, and what is wrong with it. Rejects with the signal's reason when nobody wants to know any more. */
export async function verifyAudit(
  { db, clock, secrets }: VerifyDeps,
  { expect }: AuditVerifyQuery,
  gone: AbortSignal,
): Promise<AuditVerified> {
  const findings = createFindings();
  const walk = { findings, expected: expectedHead(expect), now: clock.wallTime(), gone };
  const walked = await walkChain(db, createChain(secrets), walk);
  if (walked.isAnotherKey) return anotherKey(walked);
  const unsealed = await judgeUnsealed({ db, clock }, findings, gone);
  const holds = findings.count === 0;
  const counts = { entries: walked.entries, retired: walked.retired, unsealed };
  const sentence = holds
    ? `The chain holds: ${walked.entries} entries are as they were sealed.`
    : `The chain does not hold: ${findings.count === 1 ? '1 problem' : `${findings.count} problems`}.`;
  return { holds, sentence, ...counts, head: viewOf(walked.head), problems: findings.list() };
}

interface Walked {
  readonly head: Head;
  readonly entries: number;
  readonly retired: number;
  /** Nothing at all was made with the present key. */
  readonly isAnotherKey: boolean;
}

interface Walk {
  readonly findings: Findings;
  readonly expected: Head | null;
  /** By it an entry is due to be removed or not. */
  readonly now: Date;
  readonly gone: AbortSignal;
}

async function walkChain(db: Kysely<Database>, chain: Chain, walk: Walk): Promise<Walked> {
  const { findings, expected, gone } = walk;
  const upTo = await lastPosition(db);
  const counts = { entries: 0, retired: 0, fitting: 0 };
  let last: Head = { position: 0, hash: beforeFirst };
  if (expected?.position === 0) judgeExpected(last, expected, findings);
  for (let rows = await next(); rows.length > 0; rows = await next()) {
    for (const row of rows) {
      judgeStep({ chain, last, walk, counts }, row);
      last = row;
      if (row.position === expected?.position) judgeExpected(row, expected, findings);
    }
    gone.throwIfAborted();
  }
  if (expected !== null && expected.position > last.position) findings.add(endsBefore(last, expected));
  return { ...counts, head: last, isAnotherKey: last.position > 0 && counts.fitting === 0 };

  function next() {
    return readSealed(db, { after: last.position, upTo, limit: batchSize });
  }
}

interface Counts {
  entries: number;
  retired: number;
  /** Links and entries that the present key made. */
  fitting: number;
}

interface Step {
  readonly chain: Chain;
  readonly last: Head;
  readonly walk: Walk;
  readonly counts: Counts;
}

function judgeStep({ chain, last, walk: { findings, now }, counts }: Step, row: SealedRow): void {
  const isNext = row.position === last.position + 1;
  if (!isNext) findings.add(missingSeals(last.position + 1, row.position - 1));
  const faults = judgeSeal(chain, isNext ? last.hash : null, row, now);
  if (row.entry !== null) counts.entries += 1;
  else if (faults.length === 0) counts.retired += 1;
  if (isNext && !faults.includes('link-broken')) counts.fitting += 1;
  if (row.entry !== null && !faults.includes('entry-changed')) counts.fitting += 1;
  const { position, seq } = row;
  for (const fault of faults) findings.add({ position, seq, sentence: faultSentences[fault](row) });
}

const faultSentences: Readonly<Record<Fault, (row: SealedRow) => string>> = {
  'link-broken': ({ position, seq }) =>
    `The seal at position ${position} (entry ${seq}) does not follow from the one before it: a seal was changed, put in, or put elsewhere.`,
  'entry-changed': ({ position, seq }) =>
    `Entry ${seq} (position ${position}) is not as it was sealed: it was changed afterwards.`,
  'entry-removed': ({ position, seq }) =>
    `Entry ${seq} (position ${position}) was removed, and it is younger than the 400 days that entries are kept.`,
};

function missingSeals(first: number, last: number) {
  const which = first === last ? `The seal at position ${first} is` : `The seals at positions ${first} to ${last} are`;
  return { position: first, seq: null, sentence: `${which} missing: removed, or put elsewhere.` };
}

function expectedHead(noted: string | undefined): Head | null {
  if (noted === undefined) return null;
  const [position = '', hash = ''] = noted.split(':');
  return { position: Number(position), hash: Buffer.from(hash, 'hex') };
}

function judgeExpected(found: Head, expected: Head, findings: Findings): void {
  if (found.hash.equals(expected.hash)) return;
  const sentence = `Position ${found.position} has another hash than the one that was noted: the chain up to there was made anew.`;
  findings.add({ position: found.position, seq: null, sentence });
}

function endsBefore(last: Head, expected: Head) {
  const sentence = `The chain ends at position ${last.position}, before position ${expected.position} that was noted: its end was removed, or this is an older copy of the database.`;
  return { position: expected.position, seq: null, sentence };
}

/** Returns how many entries are not in the chain yet. */
async function judgeUnsealed(
  { db, clock }: Pick<VerifyDeps, 'db' | 'clock'>,
  findings: Findings,
  gone: AbortSignal,
): Promise<number> {
  const { count, overdue } = await countAllUnsealed(db, gone);
  if (overdue.length === 0) return count;
  await clock.sleep(secondLookMs, gone);
  gone.throwIfAborted();
  const still = await stillUnsealed(db, overdue);
  for (const seq of still) {
    const sentence = `Entry ${seq} is older than ${overdueSeconds} s and not in the chain: no sealer runs, or its seal was removed.`;
    findings.add({ position: null, seq, sentence });
  }
  return count - (overdue.length - still.length);
}

async function countAllUnsealed(db: Kysely<Database>, gone: AbortSignal) {
  const overdue: number[] = [];
  let count = 0;
  for (let above = 0; ; ) {
    const upTo = await endOfRange(db, above, rangeSize);
    if (upTo === null) return { count, overdue };
    const limit = mostOverdue - overdue.length;
    const found = await countUnsealed(db, { above, upTo }, { overdueSeconds, limit });
    count += found.count;
    overdue.push(...found.overdue);
    above = upTo;
    gone.throwIfAborted();
  }
}

function anotherKey({ head, entries, retired }: Walked): AuditVerified {
  const sentence =
    'Nothing in the chain fits the present master key: it is another one than the chain was made with, or every seal was replaced.';
  const problems = [{ position: null, seq: null, sentence }];
  return { holds: false, sentence, entries, retired, unsealed: 0, head: viewOf(head), problems };
}

function viewOf({ position, hash }: Head): AuditVerified['head'] {
  return position === 0 ? null : { position, hash: hash.toString('hex') };
}
