import { judgeAgainInMs } from './deadlines.ts';
import { decideFrom, judgeMembers } from './decide.ts';
import type { PoolEvidence } from './evidence.ts';
import { explainDecision } from './explain.ts';
import type { Judgement } from './judgement.ts';
import { judgeStandings } from './readiness.ts';

/** One pool judged at one moment: health, standings, decision, sentence, and when to look again. Pure and total. */
export function judge(evidence: PoolEvidence): Judgement {
  const health = judgeMembers(evidence);
  const standings = judgeStandings(evidence, health);
  const decision = decideFrom(evidence, health, standings);
  return {
    decision,
    health,
    standings,
    nextInLine: standings.find((standing) => standing.ready)?.memberId ?? null,
    sentence: explainDecision(decision, evidence, standings),
    judgeAgainInMs: judgeAgainInMs(evidence, decision),
  };
}
