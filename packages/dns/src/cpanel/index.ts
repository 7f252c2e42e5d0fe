import type { DnsProvider, WriteRequest } from '@serverctl/core';
import { requireInZone, requireOfType } from '../record-view.ts';
import { createClient } from './client.ts';
import { mayEdit } from './rehearsal.ts';
import { type CpanelOptions, cpanelRequestsPer } from './schema.ts';
import { createTurns } from './turns.ts';
import { viewZone } from './view.ts';
import { type WriteContext, writeRecordAndMark } from './write.ts';

export type { CpanelOptions } from './schema.ts';

/**
 * A provider on the zones of one cPanel account (UAPI), or of a server by WHM (API 1). `proxied` means nothing to it. Throws
 * `dns_panel_user_invalid` or `dns_token_malformed` at once for what cannot sign a call.
 */
export function createCpanelProvider(options: CpanelOptions): DnsProvider {
  const { instance, random, wait } = options;
  const client = createClient(options);
  const turns = createTurns();
  const context: WriteContext = { client, instance, random, wait };
  const write = async (request: WriteRequest, signal: AbortSignal) => {
    requireInZone(request.ref);
    requireOfType(request);
    return turns.take(request.ref.zone, signal, () => writeRecordAndMark(context, request, signal));
  };
  return {
    async probe(ref, signal) {
      requireInZone(ref);
      const zone = await client.readZone(ref.zone, signal);
      const canEdit = await mayEdit(client, zone, ref, signal);
      // A right on the zone is one on all its names. The panel does not tell the time.
      return { canEdit, canMark: canEdit, soaSerial: zone.serial, skewSeconds: null };
    },
    async read(ref, signal) {
      requireInZone(ref);
      return viewZone(await client.readZone(ref.zone, signal), ref, instance);
    },
    replace: write,
    withdrawAaaa: write,
    sharesMark: true,
    requestsPer: cpanelRequestsPer,
  };
}
