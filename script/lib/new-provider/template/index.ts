import type { DnsProvider, WriteRequest } from '@serverctl/core';
import { requireInZone, requireOfType } from '../../../../packages/dns/src/record-view.ts';
import { createClient } from './client.ts';
import { type Context, readView } from './read.ts';
import { type NextkindOptions, nextkindRequestsPer } from './schema.ts';
import { writeRecord } from './write.ts';

/** A provider on the API with one token. Throws `dns_token_malformed` at once for what cannot be a token. */
export function createNextkindProvider(options: NextkindOptions): DnsProvider {
  const context: Context = { client: createClient(options), instance: options.instance };
  const write = async (request: WriteRequest, signal: AbortSignal) => {
    requireInZone(request.ref);
    requireOfType(request);
    return writeRecord(context, request, signal);
  };
  return {
    async probe(ref, signal) {
      requireInZone(ref);
      // Read first: a token that may not even do that is refused in words of its own.
      await readView(context, ref, signal);
      return { ...(await context.client.rehearse(ref, signal)), skewSeconds: null };
    },
    async read(ref, signal) {
      requireInZone(ref);
      return readView(context, ref, signal);
    },
    replace: write,
    withdrawAaaa: write,
    sharesMark: true,
    requestsPer: nextkindRequestsPer,
  };
}
