import type { DnsProvider } from '@serverctl/core';
import { requireInZone } from '../record-view.ts';
import { createClient } from './client.ts';
import { probeRights } from './probe.ts';
import { readView } from './read.ts';
import { replaceRecordAndMark } from './replace.ts';
import type { Rfc2136Options } from './schema.ts';

export type { Rfc2136Key, Rfc2136Options } from './schema.ts';

/**
 * A provider on one name server by dynamic updates (RFC 2136) signed with TSIG (RFC 8945): BIND, Knot, PowerDNS and others.
 * Throws `tsig_algorithm_unsupported`, `tsig_secret_invalid` or `tsig_key_name_invalid` at once for a key that cannot work.
 */
export function createRfc2136Provider(options: Rfc2136Options): DnsProvider {
  const client = createClient(options);
  return {
    async probe(ref, signal) {
      requireInZone(ref);
      return probeRights(client, ref, signal);
    },
    async read(ref, signal) {
      requireInZone(ref);
      return readView(client, ref, options.instance, signal);
    },
    async replace(request, signal) {
      requireInZone(request.ref);
      return replaceRecordAndMark(client, request, options.instance, signal);
    },
  };
}
