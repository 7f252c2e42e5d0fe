import type { MemberEvidence, PoolEvidence } from '@serverctl/core';
import type { HeardLedger } from './heard-ledger.ts';
import type { Invariant, Say } from './invariant.ts';
import type { ListeningLedger } from './listening-ledger.ts';
import { unknownBeatMs } from './unknown-beat.ts';

/*
 * I7 against the truth, not only against the evidence's own count. A beat heard less than a flush ago may not be known yet (R2: a process
 * that stored nothing for a second answers 503, so no beat older than that is unknown), so the newest beat before that second is what
 * silence is measured from.
 */

export const provenIsNeverMore: Invariant = {
  id: 'I7',
  sentence:
    'Proven silence is at most the true one, and at most the time in which its process could have heard somebody.',
  rules: ['R1', 'R2', 'R3'],
  watch: (say, { truth, heard, listening }) => ({
    onStatuses(rows, replica, at) {
      const judgedAt = truth.replicas.find(({ name }) => name === replica)?.judgedAt ?? at;
      const sight = { replica, judgedAt, heard, listening };
      for (const { evidence } of rows) for (const member of evidence.members) judgeSilence(member, sight, at, say);
    },
    onPromotion({ evidence, poolId }, { replica }, at) {
      if (replica !== null) judgeOwn(evidence, at, (when, sentence) => say(when, `pool ${poolId}: ${sentence}`));
    },
  }),
};

interface Sight {
  readonly replica: string;
  readonly judgedAt: number;
  readonly heard: HeardLedger;
  readonly listening: ListeningLedger;
}

function judgeOwn({ members }: PoolEvidence, at: number, say: Say): void {
  for (const { id, hearing } of members) {
    const { trueMs, provenMs } = silencesOf(hearing);
    if (provenMs > trueMs + roundingMs) say(at, `${id}: ${provenMs} ms of silence proven, ${trueMs} ms true.`);
  }
}

function judgeSilence(
  member: MemberEvidence,
  { replica, judgedAt, heard, listening }: Sight,
  at: number,
  say: Say,
): void {
  const { trueMs, provenMs } = silencesOf(member.hearing);
  if (provenMs > trueMs + roundingMs)
    say(at, `${member.id}: ${provenMs} ms of silence proven, ${trueMs} ms by its own count.`);
  if (provenMs === 0) return;
  const since = listening.termSince(replica);
  // A turn that began under the term before ends within a look; it acts under that term's fence, which is void.
  if (since === null || judgedAt < since + unknownBeatMs) return;
  const from = Math.max(
    heard.certainlyHeardAt(member.id, listening.ranSince(replica, judgedAt, unknownBeatMs)) ?? 0,
    since,
  );
  const mostMs = listening.mostProvenMs(replica, from, judgedAt);
  if (provenMs > mostMs + roundingMs) {
    say(
      at,
      `${replica} holds ${Math.round(provenMs)} ms of ${member.id}'s silence as proven; at most ${Math.round(mostMs)} ms can be.`,
    );
  }
}

function silencesOf(hearing: MemberEvidence['hearing']): { readonly trueMs: number; readonly provenMs: number } {
  if (hearing.kind === 'heard') return { trueMs: hearing.silentMs, provenMs: hearing.provenSilentMs };
  return { trueMs: hearing.waitedMs, provenMs: hearing.provenWaitedMs ?? 0 };
}

/** Sums of fractions of a millisecond differ in their last digits. */
const roundingMs = 1;
