import type { DnsProvider, RecordRef, RecordType } from '@serverctl/core';
import type { OtherProxied, TryContext } from './try-warnings.ts';
import { hasProxy } from './ttl-cost.ts';

const otherType: Readonly<Record<RecordType, RecordType>> = { A: 'AAAA', AAAA: 'A' };

/**
 * Whether the name's other record is proxied, where the provider has a proxy; null = there is none, or it is tried with the same wish, or it
 * could not be read: a try is about the record that was named.
 */
export async function otherProxied(
  provider: DnsProvider,
  ref: RecordRef,
  { kind, wish, isWhole = false }: TryContext,
  signal: AbortSignal,
): Promise<OtherProxied | null> {
  const isSaid = isWhole && wish?.proxied !== null;
  if (kind === undefined || wish === undefined || isSaid || !hasProxy({ provider: kind })) return null;
  const type = otherType[ref.type];
  const view = await provider.read({ ...ref, type }, signal).catch(() => null);
  return view === null || view.rrset === null ? null : { type, proxied: view.proxied ?? false };
}
