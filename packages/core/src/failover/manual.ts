import type { ErrorDetails } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { inMaintenance } from '../health/judge.ts';
import type { MemberId } from '../ids.ts';
import { lackCode, missingAddresses } from './addresses.ts';
import { judgeMembers } from './decide.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import { withdrawalText, withdrawnText } from './explain-withdrawal.ts';
import type { Standing } from './judgement.ts';
import { judgeStandings } from './readiness.ts';

/*
 * A switchover by a person; brakes, blindness, `held`, automatic failover and a member's own maintenance do not bind a person:
 *
 *   no active member yet                    | pool_not_active
 *   'next', the pool is paused              | pool_paused: only a named target acts (R13)
 *   'next', the pool is in maintenance      | pool_in_maintenance: the same
 *   'next', nobody ready                    | no_ready_standby
 *   target not a member of the pool         | member_not_found
 *   target is active                        | target_is_active
 *   target lacks an address of a family     | target_has_no_address, target_has_no_aaaa, confirmed or not: there is nothing to write
 *     that the names need                   |   (R20)
 *   target not ready, not confirmed         | target_not_ready, with the reasons: maintenance and quarantine are among them
 *   else                                    | ok
 */

/** What a person's wish to switch over comes to now. */
export type Switchover =
  | {
      readonly kind: 'ok';
      readonly from: MemberId;
      readonly to: MemberId;
      /** False when the person confirmed a target that is not ready. */
      readonly ready: boolean;
      /** As it is asked. */
      readonly sentence: string;
      /** As it is told once it was done. */
      readonly made: string;
    }
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly details: ErrorDetails };

/** Judges a switchover to `target`, or to the next ready standby (PRODUCT.md section 4, "By hand"). */
export function judgeSwitchover(
  evidence: PoolEvidence,
  target: MemberId | 'next',
  { confirmNotReady }: { readonly confirmNotReady: boolean },
): Switchover {
  const from = evidence.pool.activeMemberId;
  if (from === null) return refuse('pool_not_active');
  if (target === 'next' && evidence.pool.paused !== null) return refuse('pool_paused');
  if (target === 'next' && inMaintenance(evidence)) return refuse('pool_in_maintenance');
  const standings = judgeStandings(evidence, judgeMembers(evidence));
  const to = target === 'next' ? standings.find((standing) => standing.ready)?.memberId : target;
  if (to === undefined) return refuse('no_ready_standby');
  const member = evidence.members.find((one) => one.id === to);
  const standing = standings.find((one) => one.memberId === to);
  if (member === undefined || standing === undefined) return refuse('member_not_found', { member: to });
  return judgeTarget(evidence, from, { member, standing, confirmed: confirmNotReady });
}

interface Target {
  readonly member: MemberEvidence;
  readonly standing: Standing;
  readonly confirmed: boolean;
}

function judgeTarget(evidence: PoolEvidence, from: MemberId, { member, standing, confirmed }: Target): Switchover {
  const { id: to, hostname } = member;
  if (to === from) return refuse('target_is_active', { member: hostname });
  const [lack] = missingAddresses(member, evidence);
  if (lack !== undefined) return refuse(lackCode(lack), { member: hostname });
  if (!standing.ready && !confirmed)
    return refuse('target_not_ready', { member: hostname, because: standing.sentence });
  const { ready } = standing;
  const whyWith = (withdrawal: string | null) =>
    withdrawal === null ? standing.sentence : `${standing.sentence} ${withdrawal}.`;
  const why = whyWith(withdrawalText(evidence, to));
  const whyMade = whyWith(withdrawnText(evidence, to));
  return {
    kind: 'ok',
    from,
    to,
    ready,
    sentence: ready ? `Make ${hostname} active. ${why}` : `Make ${hostname} active although it is not ready: ${why}`,
    made: ready
      ? `${hostname} was made active. ${whyMade}`
      : `${hostname} was made active although it was not ready: ${whyMade}`,
  };
}

function refuse(code: ErrorCode, details: ErrorDetails = {}): Switchover {
  return { kind: 'refuse', code, details };
}
