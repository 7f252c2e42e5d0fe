import { createHmac, timingSafeEqual } from 'node:crypto';
import { hourMs } from '@serverctl/core';
import type { SealedRow, StoredEntry } from '../../db/repositories/audit-seals.ts';
import type { SecretBox } from '../../platform/secrets.ts';

/*
 * The chain over the audit log (R41). Its key comes from the master key, so who can write to the database alone cannot make a link.
 *
 *   entry mac  = HMAC-SHA-256(key, "entry" ‖ the whole row: seq, at in microseconds, actor, action, target, pool, reason, request, details)
 *   hash       = HMAC-SHA-256(key, "link" ‖ previous hash ‖ position, seq, the entry's time, entry mac)
 *
 * Two steps, so that a link is still proven when retention has removed its entry. Before position 1 stand 32 zero bytes. Details are
 * jsonb's own text: its keys are sorted, its numbers exact, and nothing that anybody stored there can fail to be read.
 */

export interface Chain {
  entryMac(entry: StoredEntry): Buffer;
  link(previous: Buffer, seal: Link): Buffer;
}

export type Link = Pick<SealedRow, 'position' | 'seq' | 'entryAtMicros' | 'entryMac'>;

export const beforeFirst = Buffer.alloc(32);

export function createChain(secrets: Pick<SecretBox, 'deriveKey'>): Chain {
  const key = secrets.deriveKey('audit-seal');
  // JSON keeps the fields apart: no two rows have the same text.
  const mac = (what: string, fields: readonly unknown[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([what, ...fields]))
      .digest();
  return {
    entryMac: ({ seq, atMicros, actor, action, target, poolId, reason, requestId, details }) =>
      mac('entry', [seq, atMicros, actor, action, target, poolId, reason, requestId, details]),
    link: (previous, { position, seq, entryAtMicros, entryMac }) =>
      mac('link', [previous.toString('hex'), position, seq, entryAtMicros, entryMac.toString('hex')]),
  };
}

export type Fault = 'link-broken' | 'entry-changed' | 'entry-removed';

/** As db/retention.ts, by the database's clock; a day for how far that may be from ours. */
const keptMs = 400 * 24 * hourMs;
const toleranceMs = 24 * hourMs;

/**
 * What is wrong at one position. `previous` is the hash before it, null where that seal is missing: its link cannot be judged then. An entry
 * that is not there may have been removed by retention only: that is reckoned here, by the time under the seal's hash and the control plane's
 * own clock (`now`), since the database may be made to say any time.
 *
 *   link      entry           due     faults
 *   broken    any             any     link-broken, and entry-changed where it does not fit its seal
 *   holds     fits            any     none
 *   holds     differs         any     entry-changed
 *   holds     not there       yes     none: retired
 *   holds     not there       no      entry-removed
 */
export function judgeSeal(chain: Chain, previous: Buffer | null, row: SealedRow, now: Date): readonly Fault[] {
  const faults: Fault[] = [];
  if (previous !== null && !isSame(chain.link(previous, row), row.hash)) faults.push('link-broken');
  if (row.entry !== null) {
    if (!isSame(chain.entryMac(row.entry), row.entryMac)) faults.push('entry-changed');
  } else if (!isPastRetention(row, now)) faults.push('entry-removed');
  return faults;
}

function isPastRetention({ entryAtMicros }: Link, now: Date): boolean {
  return Number(entryAtMicros) / 1_000 < now.getTime() - keptMs + toleranceMs;
}

export function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
