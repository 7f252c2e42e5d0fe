import {
  type DnsName,
  type InstanceId,
  isAppError,
  markName,
  type RecordRef,
  type RecordType,
  type WriteRequest,
} from '@serverctl/core';
import { createMemoryProvider, type MemoryZone } from '../../../../../packages/dns/src/memory/index.ts';
import type { Answer, Arrived } from '../../template/testing/arrived.ts';

const statuses: Readonly<Record<string, number>> = { dns_rrset_drifted: 409, dns_not_allowed: 403 };

/** An API that nobody has, carried out by the provider in memory: it compares and sets record and mark together. */
export async function answerOf({ method, path, body, right }: Arrived, zone: MemoryZone): Promise<Answer> {
  const { pathname, searchParams } = new URL(path, 'http://api.test');
  const [, , zoneName, verb] = pathname.split('/');
  if (right === 'none') return { status: 403, body: null };
  if (zoneName !== zone.name) return { status: 404, body: null };
  const canEdit = right === 'edit';
  if (verb === 'rights') return { status: 200, body: { canEdit, canMark: canEdit, soaSerial: zone.serial } };
  if (verb === 'records') {
    const [name, type] = [searchParams.get('name') ?? '', searchParams.get('type') ?? ''];
    return { status: 200, body: held(zone, { zone: zone.name, name: name as DnsName, type: type as RecordType }) };
  }
  if (method !== 'POST' || verb !== 'changes') throw new Error(`no route for ${method} ${path}`);
  return change(zone, JSON.parse(body) as WriteRequest, canEdit);
}

function held(zone: MemoryZone, ref: RecordRef) {
  const rrset = zone.get(ref.name, ref.type);
  return {
    addresses: rrset?.values ?? [],
    ttlSeconds: rrset?.ttlSeconds ?? 0,
    marks: zone.get(markName(ref), 'TXT')?.values ?? [],
    cname: zone.get(ref.name, 'CNAME') !== null,
  };
}

async function change(zone: MemoryZone, request: WriteRequest, canEdit: boolean): Promise<Answer> {
  const instance: InstanceId = request.mark.instance;
  const provider = createMemoryProvider({ zone, instance, rights: { edit: canEdit } });
  const { signal } = new AbortController();
  const write = 'next' in request ? provider.replace(request, signal) : provider.withdrawAaaa(request, signal);
  return write.then(
    (replaced) => ({ status: 200, body: replaced }),
    (error: unknown) => {
      if (!isAppError(error)) throw error;
      return { status: statuses[error.code] ?? 400, body: { code: error.code } };
    },
  );
}
