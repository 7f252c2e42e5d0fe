import type { DnsProvider, WriteRequest } from '@serverctl/core';
import { requireInZone, requireOfType } from '../record-view.ts';
import { createClient } from './client.ts';
import { probeRights } from './probe.ts';
import { readView } from './read.ts';
import type { Rfc2136Options } from './schema.ts';
import { writeRecordAndMark } from './write.ts';

export type { Rfc2136Key, Rfc2136Options } from './schema.ts';

/**
 * A provider on one name server by dynamic updates (RFC 2136) signed with TSIG (RFC 8945): BIND, Knot, PowerDNS and others. `proxied` means
 * nothing to a name server, so it is not looked at: whoever wishes for it here is told before a write is planned.
 * Throws `tsig_algorithm_unsupported`, `tsig_secret_invalid` or `tsig_key_name_invalid` at once for a key that cannot work.
 */
export function createRfc2136Provider(options: Rfc2136Options): DnsProvider {
  const client = createClient(options);
  const write = async (request: WriteRequest, signal: AbortSignal) => {
    requireInZone(request.ref);
    requireOfType(request);
    return writeRecordAndMark(client, request, options.instance, signal);
  };
  return {
    async probe(ref, signal) {
      requireInZone(ref);
      return probeRights(client, ref, signal);
    },
    async read(ref, signal) {
      requireInZone(ref);
      return readView(client, ref, options.instance, signal);
    },
    replace: write,
    withdrawAaaa: write,
    sharesMark: true,
  };
}
