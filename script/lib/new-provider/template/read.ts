import {
  type InstanceId,
  parseIpv4,
  parseIpv6,
  type RecordRef,
  type RecordType,
  type RecordView,
} from '@serverctl/core';
import { viewMark } from '../../../../packages/dns/src/record-view.ts';
import type { Client } from './client.ts';
import type { Held } from './schema.ts';

/** What reads and writes are made with. */
export interface Context {
  readonly client: Client;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
}

/** What the provider holds for one name right now: its own view, never a cache (R17). */
export async function readView(context: Context, ref: RecordRef, signal: AbortSignal): Promise<RecordView> {
  return viewOf(await context.client.look(ref, signal), ref.type, context.instance);
}

const parseAddress: Readonly<Record<RecordType, (text: string) => string | null>> = { A: parseIpv4, AAAA: parseIpv6 };

function viewOf({ addresses, ttlSeconds, marks, cname }: Held, type: RecordType, instance: InstanceId): RecordView {
  // Canonical (RFC 5952), or as it is written where it is no address: what is compared is what was read.
  const texts = addresses.map((text) => parseAddress[type](text) ?? text).sort();
  return {
    rrset: texts.length === 0 ? null : { addresses: texts, ttlSeconds },
    mark: marks.length === 0 ? { kind: 'none' } : viewMark([...marks].sort().join('\n'), instance),
    cname,
  };
}
