import type { MaintenanceView } from '@serverctl/contract';

interface Maintained {
  readonly maintenance_from: Date | null;
  readonly maintenance_until: Date | null;
  readonly maintenance_reason: string | null;
}

/** The maintenance that was not ended yet: it stops the pool or the member for as long, whatever the server's clock says (R13). */
export function maintenanceView(row: Maintained, now: Date): MaintenanceView | null {
  const { maintenance_until: until, maintenance_reason: reason } = row;
  return until === null ? null : { until: until.toISOString(), over: until <= now, reason };
}
