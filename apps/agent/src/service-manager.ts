import type { UnitReport } from './unit-report.ts';

/** Who says how the units are: systemd, or a file on machines without it. */
export interface ServiceManager {
  /** Put behind the agent's version, so that nobody mistakes a simulated state for a host's. */
  readonly versionSuffix: '' | '+simulated';
  /** From now on these units, and no others. Names that systemd would not take are left out, with a line in the log. */
  watch(units: readonly string[]): void;
  /** How they are now. A unit that nobody can vouch for at the moment is left out: silence is honest, an old state is not. */
  report(): readonly UnitReport[];
  close(): void;
}

/** Called when a report differs from the one before. */
export type OnUnitChange = (unit: string) => void;
