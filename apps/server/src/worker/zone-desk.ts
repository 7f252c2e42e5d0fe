import type { DnsProvider } from '@serverctl/core';
import { createArrivals, type Destination } from './arrivals.ts';
import { createZoneLines, type ZoneLines, type ZoneLinesPorts } from './zone-lines.ts';

/** Where all names of one zone and credential meet: they share its lines, for as long as the provider that was opened is the same. */
export interface ZoneDesk {
  linesOf(provider: DnsProvider, to: Destination): ZoneLines;
  /** Something urgent is on its way to these lines, before anybody knows its provider. The returned function says that it is not any more. */
  announce(to: Destination): () => void;
}

export function createZoneDesk(ports: ZoneLinesPorts): ZoneDesk {
  const arrivals = createArrivals(ports.clock);
  const desks = new WeakMap<DnsProvider, Map<string, ZoneLines>>();
  return {
    announce: arrivals.announce,
    linesOf(provider, to) {
      const { zone } = to;
      const ofProvider = desks.get(provider) ?? new Map<string, ZoneLines>();
      desks.set(provider, ofProvider);
      const known = ofProvider.get(zone) ?? createZoneLines(ports, provider, to, arrivals);
      ofProvider.set(zone, known);
      return known;
    },
  };
}
