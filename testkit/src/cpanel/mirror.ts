import type { TestBind } from '@serverctl/dns/testing';
import type { Serve } from './cluster.ts';

import { absolute, type ZoneRecord } from './zone-file.ts';

/** As many names as go in one update: a message has at most 64 KiB. */
const namesAtOnce = 50;

/** Serves an emulated zone by a real BIND of the same zone, its serial included; BIND keeps its own NS, and an ALIAS is not answered. */
export function mirrorZoneTo(bind: Pick<TestBind, 'nsupdate'>): Serve {
  return async ({ zone, names, records }) => {
    const held = Map.groupBy(records, ({ name }) => name);
    const update = async (lines: readonly string[]) => {
      const { status, stderr } = await bind.nsupdate(lines);
      if (status !== 0) throw new Error(`nsupdate ended with ${status}: ${stderr}`);
    };
    for (let start = 0; start < names.length; start += namesAtOnce) {
      const some = names.slice(start, start + namesAtOnce);
      await update(some.flatMap((name) => replaceName(name, held.get(name) ?? [], zone)));
    }
    const soa = records.filter(({ type }) => type === 'SOA');
    await update(soa.map(({ name, ttl, data }) => `update add ${name}. ${ttl} SOA ${data.join(' ')}`));
  };
}

/** How the data of each type is written for nsupdate. */
const written: Readonly<Record<string, (data: readonly string[], zone: string) => string>> = {
  A: ([address = '']) => address,
  AAAA: ([address = '']) => address,
  CAA: ([flags, tag, value = '']) => `${flags} ${tag} ${quoted(value)}`,
  CNAME: ([target = ''], zone) => `${absolute(target, zone)}.`,
  HTTPS: (data) => data.join(' '),
  MX: ([preference, host = ''], zone) => `${preference} ${absolute(host, zone)}.`,
  SRV: ([priority, weight, port, target = ''], zone) => `${priority} ${weight} ${port} ${absolute(target, zone)}.`,
  SVCB: (data) => data.join(' '),
  TXT: (data) => data.map(quoted).join(' '),
};

function replaceName(name: string, held: readonly ZoneRecord[], zone: string): readonly string[] {
  const added = held.flatMap(({ type, ttl, data }) => {
    const text = written[type]?.(data, zone);
    return text === undefined ? [] : [`update add ${name}. ${ttl} ${type} ${text}`];
  });
  return [...Object.keys(written).map((type) => `update delete ${name}. ${type}`), ...added];
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
