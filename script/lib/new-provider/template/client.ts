import type { RecordRef, WriteRequest } from '@serverctl/core';
import { createCaller } from './call.ts';
import { change, look, rehearse } from './requests.ts';
import type { Held, NextkindOptions, Rights } from './schema.ts';

/** The API with one token. Failures are `AppError`s; after a write without a reply that settles it `dns_outcome_unknown` (R19). */
export interface Client {
  look(ref: RecordRef, signal: AbortSignal): Promise<Held>;
  /**
   * Makes the record and its mark what is asked for, as one change, if they still are `request.expected` as far as the API can say so itself.
   * `stale`: they are not, and nothing was changed.
   */
  change(request: WriteRequest, signal: AbortSignal): Promise<'done' | 'stale'>;
  /** What `change` would be allowed to, found out without one. */
  rehearse(ref: RecordRef, signal: AbortSignal): Promise<Rights>;
}

/** Throws `dns_token_malformed` at once for what cannot be a token. */
export function createClient(options: Pick<NextkindOptions, 'http' | 'token'>): Client {
  const call = createCaller(options);
  return {
    look: (ref, signal) => look(call, ref, signal),
    change: (request, signal) => change(call, request, signal),
    rehearse: (ref, signal) => rehearse(call, ref, signal),
  };
}
