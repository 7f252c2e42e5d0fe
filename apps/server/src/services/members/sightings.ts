import { egressAllows } from '@serverctl/core';

/** One download of a host that has not said yet who it is. */
export interface Sighting {
  /** The monotonic clock of this process. */
  readonly atMs: number;
  readonly from: string;
  /** Of the agent; null for the script. */
  readonly version: string | null;
}

export type Installed = 'script' | 'agent';

/**
 * Who downloaded the install script and the agent, for whoever waits beside an install line: in memory and of this process alone, since
 * nothing depends on it. What nobody saw is not there, and is never shown as done.
 */
export interface InstallSightings {
  note(what: Installed, from: string, atMs: number, version?: string): void;
  /** The newest one from an allowed address, not before `sinceMs`; null = none. */
  newest(what: Installed, allowedEgress: readonly string[], sinceMs: number): Sighting | null;
}

/** Anybody may download: the addresses that were quiet longest are forgotten first. */
export const rememberedAddresses = 256;

export function createInstallSightings(): InstallSightings {
  const seen: Readonly<Record<Installed, Map<string, Sighting>>> = { script: new Map(), agent: new Map() };
  return {
    note(what, from, atMs, version) {
      const byAddress = seen[what];
      byAddress.delete(from);
      byAddress.set(from, { atMs, from, version: version ?? null });
      const [oldest] = byAddress.keys();
      if (byAddress.size > rememberedAddresses && oldest !== undefined) byAddress.delete(oldest);
    },
    newest: (what, allowedEgress, sinceMs) =>
      [...seen[what].values()].findLast(({ from, atMs }) => atMs >= sinceMs && egressAllows(allowedEgress, from)) ??
      null,
  };
}
