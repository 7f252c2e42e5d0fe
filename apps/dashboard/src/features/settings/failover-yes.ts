import type { PoolPatch, PoolView } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';
import { nextOf } from '../../lib/pool/names.ts';
import { movesNowFrom } from './failover-words.ts';

/** Where the records would go at once; a null hostname = nobody is ready yet, the first who is. */
export interface Target {
  readonly to: string | null;
}

/** The server's word where it would move to, and what the page itself knew when it asked. */
export interface Refusal extends Target {
  readonly known: Target | null;
}

/** Where switching on would move the records at once; null = nowhere. The server's word counts until the page knows something newer. */
export function targetOf(pool: PoolView, refusal: Refusal | null): Target | null {
  const known = knownTarget(pool);
  return refusal !== null && refusal.known?.to === known?.to ? refusal : known;
}

function knownTarget(pool: PoolView): Target | null {
  return movesNowFrom(pool) === null ? null : { to: nextOf(pool)?.hostname ?? null };
}

/** Whether the yes is one to this move: a yes to one member is none to another. */
export const isYesTo = (yes: Target | null, target: Target | null): boolean =>
  yes !== null && target !== null && yes.to === target.to;

/** What is asked of the server; it holds to who was named in the yes. */
export function patchOf(on: boolean, yes: Target | null): PoolPatch {
  if (!on || yes === null) return { automaticFailover: on };
  return { automaticFailover: on, confirmMove: true, ...(yes.to !== null && { expectNext: yes.to }) };
}

/** The server's word that it would move at once, and where to; null = it said something else. */
export function refusalOf(error: unknown, asked: PoolView): Refusal | null {
  if (!(error instanceof Failure)) return null;
  const known = knownTarget(asked);
  if (error.code === 'failover_would_move_now') return { to: textOrNull(error.details['to']), known };
  return error.code === 'pool_changed' ? { to: textOrNull(error.details['next']), known } : null;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
