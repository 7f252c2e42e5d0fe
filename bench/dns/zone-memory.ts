import { type DnsName, isAppError, markName } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, type MemoryFault } from '@serverctl/dns';
import { type CellZone, interceptable } from './cell-zone.ts';
import { instance } from './fleet.ts';
import { countMeetings } from './meetings.ts';

/** A cell on a zone in memory, which has the semantics of RFC 2136. */
export async function openMemoryZone(number: number): Promise<CellZone> {
  const zoneName = `m${number}.test` as DnsName;
  const name = `lb.${zoneName}` as DnsName;
  const zone = createMemoryZone(zoneName);
  const meetings = countMeetings();
  let [effects, somebodys] = [0, 0];
  const ours = () => zone.serial - somebodys;
  /** By somebody else: no write of ours. */
  const change = (type: 'A' | 'TXT', owner: string, values: readonly string[]) => {
    const before = zone.serial;
    zone.put(owner, type, values);
    somebodys += zone.serial - before;
    return zone.serial !== before;
  };
  const { provider, holdNextWrite } = interceptable(createMemoryProvider({ zone, instance }), async (arrive) => {
    const before = ours();
    try {
      return await arrive();
    } catch (error) {
      if (isInjected(error)) meetings.note();
      throw error;
    } finally {
      if (ours() !== before) effects += 1;
    }
  });
  const arm = (fault: MemoryFault) => () => {
    meetings.arm();
    zone.inject(fault, { verbs: ['replace'] });
  };
  const others = () => {
    if (change('TXT', `_acme-challenge.${zoneName}`, ['of a certificate'])) meetings.note();
  };
  return {
    ...{ zone: zoneName, name, provider, holdNextWrite },
    comparesAndSets: true,
    answer: async () => zone.get(name, 'A')?.values ?? [],
    effects: () => effects,
    met: meetings.met,
    armed: {
      'lost-reply': arm({ kind: 'lose-reply' }),
      'lost-request': arm({ kind: 'fail', code: 'dns_outcome_unknown' }),
      'rate-limited': arm({ kind: 'fail', code: 'dns_rate_limited' }),
      'other-records': arm({ kind: 'drift', change: others }),
    },
    put: async (addresses) => change('A', name, addresses),
    removeMark: async () => change('TXT', markName({ name }), []),
    stop: async () => undefined,
  };
}

/** By the zone, which says so of what its faults throw. */
function isInjected(error: unknown): boolean {
  return isAppError(error) && error.details['injected'] === true;
}
