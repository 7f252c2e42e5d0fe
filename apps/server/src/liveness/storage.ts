import type { Kysely } from 'kysely';
import type { Listen } from '../db/listener.ts';
import type { Database } from '../db/schema.ts';
import { flushChannel } from './channels.ts';
import type { ListenerOptions } from './listener.ts';
import { createAddressStore } from './store-addresses.ts';
import { createBeatStore } from './store-beats.ts';

/** A listener's ports on PostgreSQL. */
export function livenessStorage(
  db: Kysely<Database>,
  listen: Listen,
): Pick<ListenerOptions, 'beats' | 'addresses' | 'onFlushAsked'> {
  return {
    beats: createBeatStore(db),
    addresses: createAddressStore(db),
    onFlushAsked: (flush) => listen(flushChannel, flush),
  };
}
