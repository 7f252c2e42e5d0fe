import { AppError, type RecordView, type Replaced, type WriteRequest } from '@serverctl/core';
import { holdsMark, holdsWish, sameView } from '../../../../packages/dns/src/record-view.ts';
import { type Context, readView } from './read.ts';

/*
 * Record and mark change together or not at all (R18), and a record is replaced in place, so that the name is never empty (R20):
 *
 *   the name holds           | the API says | then
 *   what is wished, our mark |              | already
 *   other than what was read |              | dns_rrset_drifted
 *   what was read            | done         | written
 *                            | stale        | looked at once more: already, or dns_rrset_drifted
 *
 * Nothing is repeated: without a reply it is dns_outcome_unknown, and whoever asked reads before any retry (R19).
 */

/** Makes the write on condition that `expected` holds. */
export async function writeRecord(context: Context, request: WriteRequest, signal: AbortSignal): Promise<Replaced> {
  const { ref, expected } = request;
  if (expected.cname) throw new AppError('dns_cname_in_the_way', { zone: ref.zone, name: ref.name });
  const current = await readView(context, ref, signal);
  if (isDone(current, request)) return came('already');
  if (!sameView(current, expected)) throw drifted(request);
  const outcome = await context.client.change(request, signal);
  if (outcome === 'done') return came('written');
  if (isDone(await readView(context, ref, signal), request)) return came('already');
  throw drifted(request);
}

function isDone(view: RecordView, request: WriteRequest): boolean {
  return holdsWish(view, request) && holdsMark(view, request.mark);
}

function came(outcome: Replaced['outcome']): Replaced {
  return { outcome, fencedBy: 'record-and-mark' };
}

function drifted({ ref }: WriteRequest): AppError {
  return new AppError('dns_rrset_drifted', { zone: ref.zone, name: ref.name });
}
