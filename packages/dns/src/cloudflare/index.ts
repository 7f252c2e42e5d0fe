import type { DnsProvider } from '@serverctl/core';
import { requireInZone, requireOfType } from '../record-view.ts';
import { createClient } from './client.ts';
import { probeRights } from './probe.ts';
import { readHolding, viewHolding } from './read.ts';
import { type CloudflareOptions, cloudflareRequestsPer, freeBatchLimit, limitsOf } from './schema.ts';
import { effectiveTtl } from './ttl.ts';
import { writeRecord } from './write.ts';
import { createZoneCalls } from './zone-calls.ts';
import { createZones } from './zones.ts';

export { type CloudflareOptions, cloudflareRequestsPer } from './schema.ts';
export { effectiveTtl } from './ttl.ts';

/** A provider on Cloudflare's API, version 4, with one API token. Throws `dns_token_malformed` at once for what cannot be a token. */
export function createCloudflareProvider(options: CloudflareOptions): DnsProvider {
  const { instance, batchLimit = freeBatchLimit } = options;
  const client = createClient(options);
  const zones = createZones(client, options.zoneIds ?? {});
  const context = { client, zones, limits: limitsOf(options), instance };
  const write: DnsProvider['replace'] & DnsProvider['withdrawAaaa'] = async (request, signal) => {
    requireInZone(request.ref);
    requireOfType(request);
    return writeRecord(context, request, signal);
  };
  return {
    async probe(ref, signal) {
      requireInZone(ref);
      return probeRights(context, ref, signal);
    },
    async read(ref, signal) {
      requireInZone(ref);
      return zones.under(ref.zone, signal, async (zoneId) =>
        viewHolding(await readHolding(client, zoneId, ref, signal), context),
      );
    },
    replace: write,
    withdrawAaaa: write,
    zoneCalls: createZoneCalls(context, batchLimit),
    requestsPer: cloudflareRequestsPer,
    effectiveTtl: (wishSeconds, proxied) => effectiveTtl(wishSeconds, { ...context.limits, proxied }),
  };
}
