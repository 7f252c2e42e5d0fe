import type { RecordType } from '@serverctl/core';
import type { ResourceRecord } from './message.ts';
import type { Rdata } from './rdata.ts';
import { rrType } from './registry.ts';

/** The number of a type of address record (RFC 1035 section 3.2.2, RFC 3596 section 2.1). */
export const addressType = { A: rrType.a, AAAA: rrType.aaaa } as const satisfies Record<RecordType, number>;

const addressKind = { A: 'a', AAAA: 'aaaa' } as const satisfies Record<RecordType, Rdata['kind']>;

/** The data of a record that holds this address. What is no address of the type throws `WireError` once it is written. */
export function addressData(type: RecordType, address: string): Rdata {
  return { kind: addressKind[type], address };
}

/** The addresses that these records hold at a name, sorted and in canonical text, with their TTL; null without any. */
export function addressesAt(
  records: readonly ResourceRecord[],
  name: string,
  type: RecordType,
): { readonly addresses: readonly string[]; readonly ttlSeconds: number } | null {
  const held = records.flatMap((record) => {
    const { data, ttlSeconds } = record;
    const isHeld =
      record.name === name && (data.kind === 'a' || data.kind === 'aaaa') && data.kind === addressKind[type];
    return isHeld ? [{ address: data.address, ttlSeconds }] : [];
  });
  const [first] = held;
  if (first === undefined) return null;
  return { addresses: held.map(({ address }) => address).sort(), ttlSeconds: first.ttlSeconds };
}
