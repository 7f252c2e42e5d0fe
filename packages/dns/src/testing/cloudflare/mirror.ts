import type { InstanceId } from '@serverctl/core';
import { createClient } from '../../rfc2136/client.ts';
import type { ResourceRecord } from '../../wire/message.ts';
import type { Rdata } from '../../wire/rdata.ts';
import { rrClass, rrType } from '../../wire/registry.ts';
import type { TestBind } from '../bind.ts';
import { host } from '../platform/host.ts';
import type { EmulatedZone } from './routes.ts';
import type { EmulatedRecord } from './zone.ts';

/** What a proxied name answers with in place of its origin (RFC 5737). */
export const edgeAddresses = ['203.0.113.1', '203.0.113.2'] as const;

const automaticTtlSeconds = 300;
const mirrored = [rrType.a, rrType.aaaa, rrType.cname, rrType.txt] as const;

/** As many names as go in one update: a message has at most 64 KiB. */
const namesAtOnce = 50;

/** Serves an emulated zone by a real BIND of the same zone: names that may have changed, some in each update. */
export function mirrorTo(bind: TestBind): (zone: EmulatedZone, names: readonly string[]) => Promise<void> {
  const client = createClient({
    ...{ host: bind.address, port: bind.port, key: bind.keys.sha256, instance: '' as InstanceId },
    ...host,
  });
  return async (zone, names) => {
    const held = Map.groupBy(zone.records.list(), ({ name }) => name);
    for (let start = 0; start < names.length; start += namesAtOnce) {
      const changes = names.slice(start, start + namesAtOnce).flatMap((name) => {
        const removed = mirrored.map((type) => record(name, type, rrClass.any, { kind: 'empty' }, 0));
        return [...removed, ...servedAt(held.get(name) ?? [])];
      });
      await client.update({ zone: zone.name, prerequisites: [], changes }, AbortSignal.timeout(5_000));
    }
  };
}

/** Of addresses of which one is proxied all are treated so (vendor's page on proxied records). */
function servedAt(held: readonly EmulatedRecord[]): ResourceRecord[] {
  const isProxied = held.some(({ proxied }) => proxied);
  return held.flatMap((record) => served({ ...record, proxied: isProxied && record.proxiable }));
}

function served({ name, type, content, ttl, proxied }: EmulatedRecord): ResourceRecord[] {
  const ttlSeconds = ttl === 1 ? automaticTtlSeconds : ttl;
  const one = (number: number, data: Rdata) => record(name, number, rrClass.in, data, ttlSeconds);
  if (proxied) return edgeAddresses.map((address) => one(rrType.a, { kind: 'a', address }));
  if (type === 'A') return [one(rrType.a, { kind: 'a', address: content })];
  if (type === 'TXT') return [one(rrType.txt, { kind: 'txt', strings: [content] })];
  if (type === 'AAAA') return [one(rrType.aaaa, { kind: 'aaaa', address: content })];
  return [one(rrType.cname, { kind: 'cname', target: content })];
}

function record(name: string, type: number, klass: number, data: Rdata, ttlSeconds: number): ResourceRecord {
  return { name, type, class: klass, ttlSeconds, data };
}
