import type { MemberId } from '../ids.ts';
import { durationText } from '../time.ts';
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import { nameOf, shortName } from './explain-parts.ts';
import { judge } from './judge-pool.ts';
import type { Judgement, Standing } from './judgement.ts';
import { isLastChoice } from './order.ts';
import { neededHealthMs, placeText } from './readiness.ts';
import { inputsOf, type WhyInput } from './why-inputs.ts';
import { rulesOf } from './why-rules.ts';

/** One member and why it was, or was not, the one to promote. */
export interface WhyMember {
  readonly memberId: MemberId;
  readonly hostname: string;
  readonly because: string;
}

/** One decision explained from its evidence alone (R14). */
export interface Why {
  readonly decision: Decision;
  /** What was decided and why, in one sentence. */
  readonly sentence: string;
  /** The numbers of the rules that settled it, rising: `R2`, `R7`. */
  readonly rules: readonly string[];
  /** What was looked at, in words with figures. */
  readonly inputs: readonly WhyInput[];
  /** Who is promoted; null where nobody is. */
  readonly chosen: WhyMember | null;
  /** Each other member, in the order of candidates, and why not it. */
  readonly others: readonly WhyMember[];
}

/** Explains the decision that this evidence leads to: the same evidence gives the same words (R14, I18). Total over decisions. */
export function explainWhy(evidence: PoolEvidence): Why {
  const judgement = judge(evidence);
  const { decision, sentence, standings } = judgement;
  const chosen = standings.find((standing) => decision.kind === 'promote' && standing.memberId === decision.to);
  return {
    decision,
    sentence,
    rules: rulesOf(judgement, evidence),
    inputs: inputsOf(judgement, evidence),
    chosen: chosen === undefined ? null : named(chosen, evidence, whyChosen(chosen, judgement, evidence)),
    others: standings
      .filter((standing) => standing !== chosen)
      .map((standing) => named(standing, evidence, whyNot(standing, chosen, judgement, evidence))),
  };
}

function named({ memberId }: Standing, evidence: PoolEvidence, because: string): WhyMember {
  return { memberId, hostname: nameOf(evidence, memberId), because };
}

function whyChosen(chosen: Standing, { decision }: Judgement, evidence: PoolEvidence): string {
  if (decision.because === 'withdrawn') return `The record names it still, and it is ready again. ${chosen.sentence}`;
  if (decision.because === 'failback') return `It is the preferred member. ${chosen.sentence}`;
  if (decision.because === 'address-changed') return 'It stays active; only its address is another one.';
  const member = evidence.members.find(({ id }) => id === chosen.memberId);
  const waived = member !== undefined && member.healthyForMs < neededHealthMs(member);
  return waived ? `${chosen.sentence} The 10 s of health are waived for the only candidate.` : chosen.sentence;
}

function whyNot(
  standing: Standing,
  chosen: Standing | undefined,
  { decision }: Judgement,
  evidence: PoolEvidence,
): string {
  if (!standing.ready || chosen === undefined) return standing.sentence;
  const ahead = shortName(nameOf(evidence, chosen.memberId));
  if (decision.because === 'withdrawn') return `Ready, but the record names ${ahead} still.`;
  if (decision.because === 'failback') return `Ready, but ${ahead} is the preferred member.`;
  if (decision.because === 'address-changed') return `Ready, but ${ahead} is well and stays active.`;
  const [first, other] = [chosen, standing].map(({ memberId }) => evidence.members.find(({ id }) => id === memberId));
  const place = placeText(standing.place ?? 1);
  if (first === undefined || other === undefined) return `Ready, but only ${place}.`;
  return `Ready, but only ${place}: ${ahead} ${goesFirst(first, other)}.`;
}

/** What put the first member before the other: the first difference in the order of candidates. */
function goesFirst(first: MemberEvidence, other: MemberEvidence): string {
  if (isLastChoice(first) !== isLastChoice(other))
    return `goes first, since ${shortName(other.hostname)} failed ${other.failuresLastHour} times in the last hour`;
  if (first.priority !== other.priority) return `has priority ${first.priority}, before ${other.priority}`;
  if (first.healthyForMs !== other.healthyForMs)
    return `has been healthy for longer, ${durationText(first.healthyForMs)} against ${durationText(other.healthyForMs)}`;
  return 'is equal in all else and has the smaller id';
}
