import { isAppError, type RecordRef } from '@serverctl/core';
import type { Client } from './client.ts';
import { rehearsalEdits } from './edits.ts';
import type { ZoneText } from './zone-text.ts';

/**
 * Whether the token may edit the zone, found out without a change (R23): an edit under the serial before the present one, which the zone
 * will not have again for four thousand million changes. Whoever may edit is told that it is stale; others are refused in other words.
 */
export async function mayEdit(client: Client, zone: ZoneText, ref: RecordRef, signal: AbortSignal): Promise<boolean> {
  try {
    const outcome = await client.rehearse(ref.zone, serialBefore(zone.serial), rehearsalEdits(zone, { ref }), signal);
    return outcome.kind !== 'refused';
  } catch (error) {
    if (isAppError(error, 'dns_token_lacks_scope')) return false; // said by the panel to a token that has just read
    throw error;
  }
}

/** Serials are counted in a circle of 32 bits (RFC 1982). */
function serialBefore(serial: number): number {
  return serial === 0 ? 2 ** 32 - 1 : serial - 1;
}
