import type { RecordRef, WriteRequest } from '@serverctl/core';
import type { Caller } from './call.ts';
import { NotWritten } from './not-written.ts';
import type { Held, Rights } from './schema.ts';

/** What the API itself says of one name, never a cache of ours (R17). */
export async function look(_call: Caller, { name, type }: RecordRef, _signal: AbortSignal): Promise<Held> {
  throw new NotWritten('the reading', `${type} ${name}`);
}

/** Record and mark as one change, in place (R18, R20). `stale`: the API itself says that they are not as they were read. */
export async function change(_call: Caller, request: WriteRequest, _signal: AbortSignal): Promise<'done' | 'stale'> {
  const { name, type } = request.ref;
  if (!('next' in request)) throw new NotWritten('the withdrawal', `${type} ${name}`);
  throw new NotWritten('the change', `${type} ${name}, ${request.next.address}`);
}

/** What `change` would be allowed to, without changing anything (R23). */
export async function rehearse(_call: Caller, { name, type }: RecordRef, _signal: AbortSignal): Promise<Rights> {
  throw new NotWritten('the rehearsal', `${type} ${name}`);
}
