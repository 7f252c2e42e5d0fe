import type { MemberMaintenanceInput, PromotePreview } from '@serverctl/contract';
import { AppError, judgeSwitchover, type PoolEvidence } from '@serverctl/core';
import type { z } from 'zod';
import type { MemberRow } from '../../db/repositories/members.ts';
import type { ServiceDeps } from '../deps.ts';
import { assertExpectedNext } from '../promotions/expected-next.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { changedNames } from '../promotions/promote.ts';
import type { PersonsPromotion } from '../promotions/record-promotion.ts';

/** The switchover that comes before the active member's maintenance, and what it moves. */
export interface SwitchFirst {
  readonly wish: PersonsPromotion;
  readonly preview: PromotePreview;
}

/**
 * What happens to the records before the active member's maintenance begins; null = they stay. Throws `maintenance_on_active` when nothing
 * was said, `pool_changed` when the next standby is not the expected one, or why nobody can take over.
 */
export async function planSwitchFirst(
  deps: Pick<ServiceDeps, 'db' | 'clock'>,
  member: MemberRow,
  { onActive, expectNext, reason }: z.output<typeof MemberMaintenanceInput>,
): Promise<SwitchFirst | null> {
  const evidence = await freshEvidence(deps.db, member.pool_id);
  if (onActive === undefined) {
    if (isMaintained(evidence, member)) return null;
    throw onActiveUnsaid(evidence, member);
  }
  if (onActive === 'stay') return null;
  const next = judgeSwitchover(evidence, 'next', { confirmNotReady: false });
  if (next.kind === 'refuse') throw new AppError(next.code, next.details);
  const { from, to, ready, sentence, made } = next;
  assertExpectedNext(evidence, to, expectNext);
  const names = await changedNames(deps, evidence, to);
  return {
    wish: { kind: 'switchover', toNext: true, evidence, from, to, sentence: made, reason },
    preview: { fromMemberId: from, toMemberId: to, ready, sentence, names },
  };
}

function isMaintained({ members }: PoolEvidence, { id }: MemberRow): boolean {
  return (members.find((member) => member.id === id)?.maintenanceLeftMs ?? null) !== null;
}

function onActiveUnsaid(evidence: PoolEvidence, { hostname }: MemberRow): AppError {
  const wish = judgeSwitchover(evidence, 'next', { confirmNotReady: false });
  const next = wish.kind === 'ok' ? evidence.members.find((member) => member.id === wish.to) : undefined;
  const because =
    wish.kind === 'ok'
      ? `switch makes ${next?.hostname ?? wish.to} active first; stay leaves the records at ${hostname}`
      : `stay leaves the records at ${hostname}; switch cannot be chosen now: ${whatToDo(new AppError(wish.code))}`;
  return new AppError('maintenance_on_active', { member: hostname, next: next?.hostname ?? null, because });
}

function whatToDo({ message, remedy }: AppError): string {
  return `${message} ${remedy}`;
}
