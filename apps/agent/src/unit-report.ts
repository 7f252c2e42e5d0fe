import type { Heartbeat } from '@serverctl/contract/agent';

/** One unit as a heartbeat carries it. */
export type UnitReport = Heartbeat['units'][number];

/** What a service manager knows of a unit by itself; `answers` is asked of HAProxy, not of systemd. */
export type UnitState = Omit<UnitReport, 'answers' | 'unit'>;

export function isSameState(a: UnitState | null, b: UnitState | null): boolean {
  if (a === null || b === null) return a === b;
  return a.loadState === b.loadState && a.activeState === b.activeState && a.subState === b.subState && a.job === b.job;
}

/** At most as many as a heartbeat may carry. */
export const watchedUnitsLimit = 32;

const unitName =
  /^[A-Za-z0-9:_.\\@-]{1,240}\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

/** systemd's rule for names (systemd.unit(5)). What fails it never reaches the bus or an argument vector. */
export function isUnitName(text: string): boolean {
  return unitName.test(text) && !text.startsWith('-');
}
