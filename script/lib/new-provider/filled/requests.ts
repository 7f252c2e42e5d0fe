import { isAppError, type RecordRef, type WriteRequest } from '@serverctl/core';
import type { Caller } from '../template/call.ts';
import type { Held, Rights } from '../template/schema.ts';

/*
 * The requests of an API that nobody has: the one of testing/routes.ts beside it, which asks the zone in memory. With them the template is a
 * whole provider, and the contract suite accepts it (generated.test.ts).
 */

export async function look(call: Caller, { zone, name, type }: RecordRef, signal: AbortSignal): Promise<Held> {
  const path = `/zones/${zone}/records?${new URLSearchParams({ name, type })}`;
  return (await call({ method: 'GET', path, kind: 'read' }, signal)) as Held; // its own emulator's reply
}

export async function change(call: Caller, request: WriteRequest, signal: AbortSignal): Promise<'done' | 'stale'> {
  const path = `/zones/${request.ref.zone}/changes`;
  try {
    await call({ method: 'POST', path, kind: 'write', body: request }, signal);
    return 'done';
  } catch (error) {
    if (isAppError(error, 'dns_rrset_drifted')) return 'stale';
    throw error;
  }
}

export async function rehearse(call: Caller, { zone }: RecordRef, signal: AbortSignal): Promise<Rights> {
  return (await call({ method: 'GET', path: `/zones/${zone}/rights`, kind: 'read' }, signal)) as Rights; // the same
}
