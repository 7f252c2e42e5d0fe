import { type DnsName, markName } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone } from '@serverctl/dns';
import { type CellZone, interceptable } from './cell-zone.ts';
import { instance } from './fleet.ts';

/** A cell on a zone in memory, which has the semantics of RFC 2136. */
export async function openMemoryZone(number: number): Promise<CellZone> {
  const zoneName = `m${number}.test` as DnsName;
  const name = `lb.${zoneName}` as DnsName;
  const zone = createMemoryZone(zoneName);
  let effects = 0;
  const { provider, holdNextWrite } = interceptable(createMemoryProvider({ zone, instance }), async (arrive) => {
    const before = zone.serial;
    try {
      return await arrive();
    } finally {
      if (zone.serial !== before) effects += 1;
    }
  });
  const verbs = ['replace'] as const;
  return {
    ...{ zone: zoneName, name, provider, holdNextWrite },
    comparesAndSets: true,
    answer: async () => zone.get(name, 'A')?.values ?? [],
    effects: () => effects,
    armed: {
      'lost-reply': () => void zone.inject({ kind: 'lose-reply' }, { verbs }),
      'lost-request': () => void zone.inject({ kind: 'fail', code: 'dns_outcome_unknown' }, { verbs }),
      'rate-limited': () => void zone.inject({ kind: 'fail', code: 'dns_rate_limited' }, { verbs }),
    },
    put: async (addresses) => zone.put(name, 'A', addresses),
    removeMark: async () => zone.put(markName({ name }), 'TXT', []),
    stop: async () => undefined,
  };
}
