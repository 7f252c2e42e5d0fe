import { type MaintenanceInput, maintenanceMinutes, type PoolView } from '@serverctl/contract';
import { AppError, durationText, minuteMs } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { endPoolMaintenance, setPoolMaintenance } from '../../db/repositories/maintenance.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { changePool } from './change-pool.ts';

/** Begins a maintenance of the whole pool, or sets anew how long the present one lasts. It ends by itself (R13). */
export async function maintainPool(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  input: z.output<typeof MaintenanceInput>,
): Promise<PoolView> {
  const { minutes, reason } = checkedMaintenance(input);
  return changePool(deps, ref, async (trx, row) => {
    await setPoolMaintenance(trx, row.id, { forMs: minutes * minuteMs, reason });
    await writeAudit(trx, {
      ...caller,
      action: 'pool.maintenance',
      target: row.id,
      poolId: row.id,
      reason,
      details: { minutes, replaced: row.maintenance_until?.toISOString() ?? null },
    });
    const sentence = `${row.name} is in maintenance for ${minutesText(minutes)}, by ${byWhom(caller)}: ${reason}`;
    await writeEvent(trx, {
      kind: 'pool.maintenance',
      severity: 'info',
      poolId: row.id,
      sentence,
      details: { reason },
    });
  });
}

/**
 * Ends the pool's maintenance; silence and trouble start at zero then. It goes by the row, as the loop does: one that is past its end by the
 * server's clock alone still stops the pool, and a person may end it (R13). The audit log says who did it; that it is over is told by the
 * failover loop, as of one that expires. Throws `not_in_maintenance`.
 */
export function stopPoolMaintenance(deps: ServiceDeps, caller: Caller, ref: string): Promise<PoolView> {
  return changePool(deps, ref, async (trx, row) => {
    if (row.maintenance_until === null) throw new AppError('not_in_maintenance', { pool: row.name });
    await endPoolMaintenance(trx, row.id);
    await writeAudit(trx, {
      ...caller,
      action: 'pool.maintenance-end',
      target: row.id,
      poolId: row.id,
      details: { wouldHaveLastedUntil: row.maintenance_until.toISOString() },
    });
  });
}

/** Throws `maintenance_invalid`. */
export function checkedMaintenance<Input extends z.output<typeof MaintenanceInput>>(input: Input): Input {
  const { least, most } = maintenanceMinutes;
  const { minutes } = input;
  if (Number.isInteger(minutes) && minutes >= least && minutes <= most) return input;
  throw new AppError('maintenance_invalid', { field: 'minutes', least, most });
}

/** `30 minutes`, `2 hours`, `1 h 30 min`, `7 days`. */
export function minutesText(minutes: number): string {
  if (minutes < 60) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  if (minutes % 60 !== 0 || minutes >= 48 * 60) return durationText(minutes * minuteMs);
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
}
