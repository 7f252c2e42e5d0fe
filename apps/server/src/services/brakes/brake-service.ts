import type { BrakesView, ReasonInput } from '@serverctl/contract';
import { AppError, minuteMs, poolsWith } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { presentRelease, releaseBrakes, restoreBrakes } from '../../db/repositories/brakes.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { listPools, readStatuses } from '../../db/repositories/pools.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { brakesView } from '../views/brakes-view.ts';

/** So long a person's release lasts; asked for again, it lasts so long anew (R10). */
const releaseMinutes = 10;

type Reason = z.output<typeof ReasonInput>;

/** What the brakes of the fleet hold back now, from the last judgements; by name only pools that the caller may read. */
export async function readBrakes({ db, clock }: ServiceDeps, { access }: Pick<Caller, 'access'>): Promise<BrakesView> {
  const [statuses, pools, release] = await Promise.all([readStatuses(db), listPools(db), presentRelease(db)]);
  const readable = poolsWith(access, 'pool:read');
  return brakesView({ statuses, pools, release, now: clock.wallTime(), readable });
}

/** Releases R9 and R10 for ten minutes: failovers happen at once, however many members are silent. */
export async function releaseBrakesByPerson(
  deps: ServiceDeps,
  caller: Caller,
  { reason }: Reason,
): Promise<BrakesView> {
  const sentence = `The brakes of the fleet are released by ${byWhom(caller)} for ${releaseMinutes} minutes: ${reason}`;
  await inTransaction(deps.db, async (trx) => {
    await releaseBrakes(trx, { forMs: releaseMinutes * minuteMs, actor: caller.actor, reason });
    const details = { minutes: releaseMinutes };
    await writeAudit(trx, { ...caller, action: 'brakes.release', target: 'fleet', reason, details });
    await writeEvent(trx, { kind: 'brakes.released', severity: 'warning', sentence, details: { ...details, reason } });
  });
  return readBrakes(deps, caller);
}

/** Puts the brakes in force again before their time. Throws `brakes_not_released`. */
export async function restoreBrakesByPerson(
  deps: ServiceDeps,
  caller: Caller,
  { reason }: Reason,
): Promise<BrakesView> {
  const sentence = `The brakes of the fleet are in force again, by ${byWhom(caller)}: ${reason}`;
  await inTransaction(deps.db, async (trx) => {
    if (!(await restoreBrakes(trx))) throw new AppError('brakes_not_released');
    await writeAudit(trx, { ...caller, action: 'brakes.restore', target: 'fleet', reason });
    await writeEvent(trx, { kind: 'brakes.restored', severity: 'info', sentence, details: { reason } });
  });
  return readBrakes(deps, caller);
}
