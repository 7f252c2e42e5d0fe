import {
  AppError,
  type DnsProvider,
  formatMark,
  type InstanceId,
  markName,
  type RecordRef,
  type RecordView,
  type Replaced,
  type WriteRequest,
} from '@serverctl/core';
import { holdsMark, holdsWish, requireInZone, requireOfType, sameView, viewMark } from '../record-view.ts';
import { callZone } from './client.ts';
import type { MemoryProviderOptions } from './schema.ts';
import type { MemoryZone } from './zone.ts';

export type { MemoryProviderOptions } from './schema.ts';
export { createMemoryZone, type FaultPlan, type MemoryFault, type MemoryRrset, type MemoryZone } from './zone.ts';

/**
 * A provider on a zone in memory, with the semantics of RFC 2136 updates: one contract suite holds both to it. `proxied` means as little to it
 * as to a name server.
 */
export function createMemoryProvider(options: MemoryProviderOptions): DnsProvider {
  const { zone, instance, refusal } = options;
  const canEdit = options.rights?.edit ?? true;
  const canMark = canEdit && (options.rights?.mark ?? true);
  const admit = (ref: RecordRef): void => {
    requireInZone(ref);
    if (refusal !== undefined) throw new AppError(refusal, { zone: ref.zone });
    if (ref.zone !== zone.name) throw new AppError('dns_zone_not_served', { zone: ref.zone });
  };
  const call = async (verb: 'replace' | 'withdrawAaaa', request: WriteRequest, signal: AbortSignal) => {
    requireOfType(request);
    return callZone(zone, verb, signal, () => {
      admit(request.ref);
      if (request.expected.cname) throw new AppError('dns_cname_in_the_way', { name: request.ref.name });
      if (!canEdit) throw new AppError('dns_not_allowed', { name: request.ref.name });
      return write(zone, request, instance, canMark);
    });
  };
  return {
    probe: (ref, signal) =>
      callZone(zone, 'probe', signal, () => {
        admit(ref);
        return { canEdit, canMark, soaSerial: zone.serial, skewSeconds: 0 };
      }),
    read: (ref, signal) =>
      callZone(zone, 'read', signal, () => {
        admit(ref);
        return view(zone, ref, instance);
      }),
    replace: (request, signal) => call('replace', request, signal),
    withdrawAaaa: (request, signal) => call('withdrawAaaa', request, signal),
    sharesMark: true,
  };
}

function view(zone: MemoryZone, ref: RecordRef, instance: InstanceId): RecordView {
  const rrset = zone.get(ref.name, ref.type);
  const texts = zone.get(markName(ref), 'TXT');
  return {
    rrset: rrset && { addresses: rrset.values, ttlSeconds: rrset.ttlSeconds },
    mark: texts === null ? { kind: 'none' } : viewMark(texts.values.join('\n'), instance),
    cname: zone.get(ref.name, 'CNAME') !== null,
  };
}

/** Of a mark beside no record. */
const bareMarkTtlSeconds = 60;

function write(zone: MemoryZone, request: WriteRequest, instance: InstanceId, canMark: boolean): Replaced {
  const { ref, mark } = request;
  const fencedBy = canMark ? 'record-and-mark' : 'value-only';
  const current = view(zone, ref, instance);
  if (holdsWish(current, request) && (!canMark || holdsMark(current, mark))) return { outcome: 'already', fencedBy };
  if (!sameView(current, request.expected)) throw new AppError('dns_rrset_drifted', { name: ref.name });
  const { values, ttlSeconds } = valuesOf(request);
  zone.put(ref.name, ref.type, values, ttlSeconds);
  if (canMark) zone.put(markName(ref), 'TXT', [formatMark(mark)], ttlSeconds);
  return { outcome: 'written', fencedBy };
}

/** What the name shall hold; the mark, which is of its A and its AAAA, gets the same TTL and stays when the AAAA goes (R20). */
function valuesOf(request: WriteRequest): { readonly values: readonly string[]; readonly ttlSeconds: number } {
  if ('next' in request) return { values: [request.next.address], ttlSeconds: request.next.ttlSeconds };
  return { values: [], ttlSeconds: request.expected.rrset?.ttlSeconds ?? bareMarkTtlSeconds };
}
