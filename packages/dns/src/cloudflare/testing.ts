import type {
  DnsName,
  DnsProvider,
  Ipv4,
  Ipv6,
  RecordRef,
  RecordView,
  ReplaceRequest,
  WithdrawAaaa,
  ZoneCalls,
} from '@serverctl/core';
import { onTestFinished } from 'vitest';
import { markOf, soon, us } from '../contract/subject.ts';
import { createNodeHttp, type EmulatorOptions, startCloudflareEmulator } from '../testing/index.ts';
import { type CloudflareOptions, createCloudflareProvider } from './index.ts';

export const token = 'Secret-Token_0123456789';
export const zoneName = 'example.test' as DnsName;
export const ref: RecordRef = { zone: zoneName, name: `lb.${zoneName}` as DnsName, type: 'A' };
export const ref6: WithdrawAaaa['ref'] = { ...ref, type: 'AAAA' };
export const one = '192.0.2.1' as Ipv4;
export const two = '192.0.2.2' as Ipv4;
export const one6 = '2001:db8::1' as Ipv6;
export const two6 = '2001:db8::2' as Ipv6;

/** An emulator with one zone, one good token, and a provider on it; ended with the test. */
export async function serving(
  options: EmulatorOptions = {},
  more: Partial<CloudflareOptions> = {},
  plan: 'free' | 'pro' = 'free',
) {
  const emulator = await startCloudflareEmulator(options);
  onTestFinished(() => emulator.stop());
  const zone = emulator.addZone(zoneName, plan);
  emulator.addToken(token);
  const http = createNodeHttp(emulator.apiBase);
  const provider = createCloudflareProvider({ http, token, instance: us, ...more });
  const records = () => zone.records.list();
  return {
    ...{ emulator, zone, http, provider, records },
    /** The only record. */
    record: () => records()[0],
    /** Somebody else's record at the name. */
    given: (fields: Readonly<Record<string, unknown>> = {}) =>
      zone.records.create({ type: 'A', name: ref.name, content: one, ttl: 60, ...fields }),
    /** Reads, then replaces, as the publisher does. */
    async move(address: Ipv4, epoch: number, ttlSeconds = 60, rest: Partial<ReplaceRequest['next']> = {}) {
      const expected = await provider.read(ref, soon());
      const next = { address, ttlSeconds, ...rest };
      return provider.replace({ ref, expected, next, mark: markOf(epoch) }, soon());
    },
    /** Reads, then withdraws the AAAA beside it. */
    async withdraw(epoch: number) {
      const expected = await provider.read(ref6, soon());
      return provider.withdrawAaaa({ ref: ref6, expected, mark: markOf(epoch) }, soon());
    },
    /** What was written so far, without the looks before. */
    writes() {
      const sent = emulator.exchanges.filter(({ method }) => method !== 'GET');
      return sent.map(({ method, path, body }) => ({
        verb: `${method}${path.endsWith('/batch') ? ' batch' : ''}`,
        body: JSON.parse(body),
      }));
    },
    /** Every request so far, as `METHOD path`, without queries. */
    asked: () => emulator.exchanges.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`),
  };
}

/** What is read where nothing is. */
export const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };

/** So many names of a paid zone, each with an A that leads to `one`, and the calls for many of them. */
export async function servingMany(count: number, more: Partial<CloudflareOptions> = { batchLimit: 3_500 }) {
  const served = await serving({}, more, 'pro');
  const refs = Array.from({ length: count }, (_, n): RecordRef => ({ ...ref, name: `n${n}.${zoneName}` as DnsName }));
  for (const { name } of refs) served.given({ name });
  return { ...served, refs, calls: callsOf(served) };
}

/** The provider's calls for many names. */
export function callsOf({ provider }: { readonly provider: DnsProvider }): ZoneCalls {
  if (provider.zoneCalls === undefined) throw new Error('no calls for many names');
  return provider.zoneCalls;
}

/** Moves of what `servingMany` has made, to `two`. */
export function movesOf(refs: readonly RecordRef[], ttlSeconds = 60): readonly ReplaceRequest[] {
  const expected: RecordView = { ...nothing, rrset: { addresses: [one], ttlSeconds: 60 } };
  return refs.map((ref) => ({ ref, expected, next: { address: two, ttlSeconds }, mark: markOf(1) }));
}
