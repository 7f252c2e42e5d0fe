import type { DnsName } from '@serverctl/core';

/** Requests that were made beyond what was asked for, by zone: the zone's next calls ask for them (R22). */
export interface Debts {
  /** How many more the next call asks for, never many at once. */
  of(zone: DnsName): number;
  /** After a call. Whoever may make any number owes nothing. */
  settleUp(zone: DnsName | undefined, made: number, paid: number): void;
}

export function createDebts(mostAtOnce: number): Debts {
  const owed = new Map<DnsName, number>();
  return {
    of: (zone) => Math.min(owed.get(zone) ?? 0, mostAtOnce),
    settleUp(zone, made, paid) {
      if (zone === undefined || paid === Number.POSITIVE_INFINITY) return;
      owed.set(zone, Math.max(0, (owed.get(zone) ?? 0) + made - paid));
    },
  };
}
