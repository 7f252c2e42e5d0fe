import type { MaintenanceView } from '@serverctl/contract';

interface Maintained {
  readonly maintenance_from: Date | null;
  readonly maintenance_until: Date | null;
  readonly maintenance_reason: string | null;
}

/** The maintenance that holds at this moment; one that is over is none, whether or not its row was cleared. */
export function maintenanceView(row: Maintained, now: Date): MaintenanceView | null {
  const { maintenance_until: until, maintenance_reason: reason } = row;
  return until === null || until <= now ? null : { until: until.toISOString(), reason };
}
