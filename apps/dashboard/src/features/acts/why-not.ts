import type { MeView, PoolView } from '@serverctl/contract';
import { actNeeds } from '../../lib/act/act-needs.ts';
import type { ActName } from '../../lib/act/acts.ts';
import { whyNotAllowed } from '../../lib/act/may-do.ts';
import { standbysOf } from '../../lib/pool/names.ts';

/** The acts on a pool that this feature has. */
export type PoolAct = Extract<
  ActName,
  'cut' | 'maintenance' | 'end-maintenance' | 'pause' | 'resume' | 'ack' | 'adopt' | 'repair' | 'brakes'
>;

/** Why it cannot be done now, in words; null = it can. `stale` is why nothing can be. The server decides anyway. */
export function whyNot(act: PoolAct, pool: PoolView, me: MeView | undefined, stale: string | null): string | null {
  return whyNotAllowed(me, actNeeds[act], pool.id) ?? stale ?? lackOf[act](pool);
}

const none = () => null;
const unlessDrift = ({ status, paused }: PoolView): string | null => {
  if (paused !== null) return 'The pool is paused: resuming it asks who is right.';
  return status.bindings.some(({ state }) => state === 'drift') ? null : 'No record was changed by somebody else.';
};

const lackOf: Readonly<Record<PoolAct, (pool: PoolView) => string | null>> = {
  cut: whyNoCut,
  maintenance: none,
  'end-maintenance': ({ maintenance }) => (maintenance === null ? 'The pool is not in maintenance.' : null),
  pause: ({ paused }) => (paused === null ? null : 'The pool is paused already.'),
  resume: ({ paused }) => (paused === null ? 'The pool is not paused.' : null),
  ack: ({ held }) => (held ? null : 'The pool is not held.'),
  adopt: (pool) =>
    unlessDrift(pool) ??
    (pool.maintenance === null ? null : 'The pool is in maintenance: nothing moves until it ends.'),
  repair: unlessDrift,
  brakes: none,
};

function whyNoCut(pool: PoolView): string | null {
  if (pool.activeMemberId === null) return 'Nothing is published yet: the first publish comes first.';
  if (pool.paused !== null) return 'The pool is paused: only making a named member active moves its records.';
  if (pool.maintenance !== null)
    return 'The pool is in maintenance: only making a named member active moves its records.';
  if (pool.status.nextInLine !== null) return null;
  const [first] = standbysOf(pool);
  return first === undefined
    ? 'The pool has no other member.'
    : `No ready standby. ${first.hostname}: ${first.standingSentence}`;
}
