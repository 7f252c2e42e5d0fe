import { secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import { preflightsByCredential } from '../../db/repositories/preflights.ts';
import type { Database } from '../../db/schema.ts';
import { edgeOf } from '../dns/edge.ts';
import { effectiveTtlAt } from '../dns/ttl-cost.ts';

/*
 * What a person should know of a name before its record is moved:
 *
 *   its credential failed when it was tried last (R23)       | the record would not follow
 *   its last write was refused, or its outcome is not known  | this one may not reach it either
 *   a write of ours replaced a record with a longer TTL      | for how long clients may still hold that
 */

/** By binding id, in whole sentences; a name that is missing has none. `now` is the wall clock's. */
export async function nameWarnings(
  db: Kysely<Database>,
  bindings: readonly BindingRow[],
  now: Date,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const looks = await preflightsByCredential(db);
  const failing = (row: BindingRow) =>
    looks.get(row.credential_id)?.find(({ zone, state }) => zone === row.zone && state === 'failing');
  return new Map(
    bindings.map((row) => {
      const look = failing(row);
      const credential =
        look === undefined
          ? null
          : `Its credential fails in ${row.zone}, so the record would not follow: ${look.message} ${look.remedy}`;
      const all = [credential, troubleWords(row), oldTtlWords(row, now)];
      return [row.id, all.filter((sentence) => sentence !== null)] as const;
    }),
  );
}

const troubles: ReadonlyMap<string, string> = new Map([
  ['blocked', 'It is blocked, so the record would not follow'],
  ['unknown-outcome', 'Whether its last write reached the provider is not known'],
]);

function troubleWords({ state, error }: BindingRow): string | null {
  const words = troubles.get(state);
  if (words === undefined) return null;
  const because = error as { readonly message: string; readonly remedy: string } | null; // as bindingView shows it
  return because === null ? `${words}.` : `${words}: ${because.message} ${because.remedy}`;
}

/** Nothing where the record's own TTL is as long. */
function oldTtlWords(row: BindingRow, now: Date): string | null {
  const { old_ttl_until: until } = row;
  if (until === null) return null;
  const leftSeconds = Math.ceil((until.getTime() - now.getTime()) / secondMs);
  if (leftSeconds <= heldTtlSeconds(row)) return null;
  return `Clients may still hold what stood there before, for up to ${leftSeconds} s from now: they do not follow until then.`;
}

/** For how long clients hold what the record answers now. What its own edge answers has the provider's TTL, also where it is left as it is. */
export function heldTtlSeconds(row: BindingRow): number {
  const wish = { ttlSeconds: row.ttl_seconds, proxied: edgeOf([row]) === 'answers' };
  return effectiveTtlAt(row, wish) ?? row.ttl_seconds;
}
