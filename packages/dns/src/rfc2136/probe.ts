import { isAppError, markName, type ProbeReport, type RecordRef, type RecordType } from '@serverctl/core';
import { addressData, addressesAt, addressType } from '../wire/address-records.ts';
import type { ResourceRecord } from '../wire/message.ts';
import { rrType } from '../wire/registry.ts';
import type { Answered, Client } from './client.ts';
import { isProvenRefusal } from './errors.ts';
import { askPrimary } from './read.ts';
import { deleteValue } from './records.ts';

/*
 * Servers check the key's rights for each change, also for one that changes nothing: the deletion of a value that is not there
 * (RFC 2136 section 3.4.2.4). Rewriting the present value would race with a real write; a prerequisite that fails proves nothing on
 * servers that look at prerequisites first, as RFC 2136 section 3 orders them.
 */

/** Addresses that no sane record holds; the first that this one does not hold either is "deleted". */
const senselessAddresses: Readonly<Record<RecordType, readonly string[]>> = {
  A: ['255.255.255.255', '0.0.0.0', '255.255.255.254'],
  AAAA: ['ff00::ffff', '::', 'ff00::fffe'],
};
const absentText = 'serverctl probe: never written';

/** Proves with the real key what it may change, of the ref's type alone, and changes nothing: neither records nor the SOA serial (R23). */
export async function probeRights(client: Client, ref: RecordRef, signal: AbortSignal): Promise<ProbeReport> {
  const type = addressType[ref.type];
  const [soa, held] = await Promise.all([
    askPrimary(client, ref, ref.zone, rrType.soa, signal),
    askPrimary(client, ref, ref.name, type, signal),
  ]);
  const addresses = addressesAt(held.message.answers, ref.name, ref.type)?.addresses ?? [];
  const [canEdit, canMark] = await Promise.all([
    canChange(client, ref, [deleteAbsent(ref, addresses)], signal),
    canChangeMark(client, ref, addresses, signal),
  ]);
  return { canEdit, canMark: canEdit && canMark, soaSerial: serialOf(soa), skewSeconds: soa.skewSeconds };
}

/**
 * Whether the key may write the mark together with `ref`, which holds these addresses now: in one UPDATE, as it is written (R18). Knot holds
 * all of an UPDATE against one rule, so that the right to each alone is not the right to both.
 */
export function canChangeMark(
  client: Client,
  ref: RecordRef,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const text = deleteValue(markName(ref), rrType.txt, { kind: 'txt', strings: [absentText] });
  return canChange(client, ref, [deleteAbsent(ref, addresses), text], signal);
}

function deleteAbsent(ref: RecordRef, addresses: readonly string[]): ResourceRecord {
  const address = senselessAddresses[ref.type].find((senseless) => !addresses.includes(senseless)) ?? '';
  return deleteValue(ref.name, addressType[ref.type], addressData(ref.type, address));
}

async function canChange(
  client: Client,
  ref: RecordRef,
  changes: readonly ResourceRecord[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.rehearse({ zone: ref.zone, prerequisites: [], changes }, signal);
    return true;
  } catch (error) {
    // Signed queries were answered with this key, so that "unknown key" here is Knot's way to refuse the change.
    if (isProvenRefusal(error) || isAppError(error, 'dns_tsig_unknown_key')) return false;
    throw error;
  }
}

function serialOf({ message }: Answered): number | null {
  const soa = message.answers.find((record) => record.type === rrType.soa);
  return soa?.data.kind === 'soa' ? soa.data.serial : null;
}
