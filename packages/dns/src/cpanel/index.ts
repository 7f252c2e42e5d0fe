import { AppError, type DnsProvider, type Replaced, type WriteRequest } from '@serverctl/core';
import { requireInZone, requireNoCname, requireOfType } from '../record-view.ts';
import { createSheet } from '../zone-calls/settle.ts';
import { createClient } from './client.ts';
import { mayEdit } from './rehearsal.ts';
import { type CpanelOptions, cpanelRequestsPer } from './schema.ts';
import { createTurns } from './turns.ts';
import { viewZone } from './view.ts';
import { nothingKnown, writeTogether } from './write.ts';
import { createZoneCalls } from './zone-calls.ts';

export type { CpanelOptions } from './schema.ts';

/**
 * A provider on the zones of one cPanel account (UAPI), or of a server by WHM (API 1). `proxied` means nothing to it. Throws
 * `dns_panel_user_invalid` or `dns_token_malformed` at once for what cannot sign a call.
 */
export function createCpanelProvider(options: CpanelOptions): DnsProvider {
  const { instance, random, wait } = options;
  const client = createClient(options);
  const turns = createTurns();
  const context = { client, instance, random, wait, turns };
  const write = async (request: WriteRequest, signal: AbortSignal): Promise<Replaced> => {
    requireInZone(request.ref);
    requireOfType(request);
    requireNoCname(request);
    const sheet = createSheet<WriteRequest, Replaced>([request]);
    const terms = { isWanted: () => true, tell: sheet.tell };
    const sent = await turns.take(request.ref.zone, signal, () =>
      writeTogether({ ...context, known: nothingKnown() }, [request], terms, signal),
    );
    if (sent.kind !== 'settled') throw sent.error;
    const outcome = sent.outcomes.get(request) ?? sheet.all()[0];
    if (outcome?.status === 'fulfilled' && outcome.value !== null) return outcome.value;
    throw outcome?.status === 'rejected' ? outcome.reason : new AppError('internal', { because: 'no outcome' });
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
    zoneCalls: createZoneCalls(context),
    sharesMark: true,
    requestsPer: cpanelRequestsPer,
  };
}
