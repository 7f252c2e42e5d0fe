import type { DnsProvider } from '@serverctl/core';
import type { Binding } from './ports.ts';
import { createZoneLines, type ZoneLines, type ZoneLinesPorts } from './zone-lines.ts';

/** Where all names of one zone and credential meet: they share its lines, for as long as the provider that was opened is the same. */
export interface ZoneDesk {
  linesOf(provider: DnsProvider, binding: Pick<Binding, 'zone' | 'credentialId'>): ZoneLines;
}

export function createZoneDesk(ports: ZoneLinesPorts): ZoneDesk {
  const desks = new WeakMap<DnsProvider, Map<string, ZoneLines>>();
  return {
    linesOf(provider, binding) {
      const { zone } = binding;
      const ofProvider = desks.get(provider) ?? new Map<string, ZoneLines>();
      desks.set(provider, ofProvider);
      const known = ofProvider.get(zone) ?? createZoneLines(ports, provider, binding);
      ofProvider.set(zone, known);
      return known;
    },
  };
}
