import type { InstanceId, Mark, RecordType, Replaced } from '@serverctl/core';
import type { Batch, RecordPatch, RecordPost } from './client.ts';
import { readComment } from './comment.ts';
import { planComment } from './note.ts';
import type { HeldRecord } from './reply.ts';
import type { PlanLimits } from './schema.ts';
import { automaticTtl, effectiveTtl, heldTtlSeconds } from './ttl.ts';

/*
 * One name's change, as a value. Never a deletion and a creation (R20):
 *
 *   records of the type | change                                                           | none is wished (AAAA only, R20)
 *   none                | create                                                           | none
 *   one                 | patch it, or nothing where it holds exactly what is wished       | withdraw: delete it
 *   several             | collapse: delete the others and patch one, in one transaction    | withdraw: delete all, in one transaction
 *
 *   proxied, as wished  | left as it is, and no TTL is sent of a record that is; false where the record is new
 *   true                | written, with the automatic TTL: no other one goes with it
 *   false               | written, with the TTL
 */

/** What one name shall hold. The family is the caller's: a type and a content that belong together. */
export interface Wish {
  readonly name: string;
  readonly type: RecordType;
  readonly content: string;
  readonly ttlSeconds: number;
  readonly mark: Mark;
  /** Left out = as it is, and not proxied where the record is new. */
  readonly proxied?: boolean;
}

/** What is to be sent for one name, by one request or as a part of a batch. */
export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'create'; readonly post: RecordPost }
  | { readonly kind: 'patch'; readonly id: string; readonly patch: RecordPatch }
  | {
      readonly kind: 'collapse';
      readonly deletes: readonly string[];
      readonly id: string;
      readonly patch: RecordPatch;
    }
  | { readonly kind: 'withdraw'; readonly deletes: readonly string[] };

/** The change, and whether the mark goes with it: not where a person's note leaves no room for it (R18). */
export interface PlannedChange {
  readonly change: Change;
  readonly fencedBy: Replaced['fencedBy'];
}

/** Plans one name's change from what was read. Idempotent: planned again after it, it is `none`. */
export function planChange(
  records: readonly HeldRecord[],
  wish: Wish,
  limits: PlanLimits,
  instance: InstanceId,
): PlannedChange {
  const kept = chooseKept(records, wish, instance);
  const { comment, isMarked } = planComment(kept, records, wish.mark, { instance, ...limits });
  const fencedBy = isMarked ? 'record-and-mark' : 'value-only';
  const commented = comment === null ? {} : { comment };
  if (kept === null) return { change: { kind: 'create', post: { ...postOf(wish, limits), ...commented } }, fencedBy };
  const patch = { content: wish.content, ...servingOf(kept, wish, limits), ...commented };
  const deletes = records.filter(({ id }) => id !== kept.id).map(({ id }) => id);
  if (deletes.length > 0) return { change: { kind: 'collapse', deletes, id: kept.id, patch }, fencedBy };
  const isSame = isServedAs(kept, wish, limits) && (comment === null || kept.comment === comment);
  return { change: isSame ? { kind: 'none' } : { kind: 'patch', id: kept.id, patch }, fencedBy };
}

/** Plans that a name has no record of the type any more. Their marks go with them, and the A of the name has its own. */
export function planWithdrawal(records: readonly HeldRecord[]): PlannedChange {
  const deletes = records.map(({ id }) => id);
  return {
    change: deletes.length === 0 ? { kind: 'none' } : { kind: 'withdraw', deletes },
    fencedBy: 'record-and-mark',
  };
}

/** How many operations of a batch the change is. */
export function operationsOf(change: Change): number {
  if (change.kind === 'none') return 0;
  return 'deletes' in change ? change.deletes.length + (change.kind === 'collapse' ? 1 : 0) : 1;
}

/** Many names' changes of one zone as one transaction. */
export function composeBatch(changes: readonly Change[]): Batch {
  const deletes = changes.flatMap((change) => ('deletes' in change ? change.deletes.map((id) => ({ id })) : []));
  const patches = changes.flatMap((change) =>
    change.kind === 'patch' || change.kind === 'collapse' ? [{ id: change.id, ...change.patch }] : [],
  );
  const posts = changes.flatMap((change) => (change.kind === 'create' ? [change.post] : []));
  return {
    ...(deletes.length > 0 && { deletes }),
    ...(patches.length > 0 && { patches }),
    ...(posts.length > 0 && { posts }),
  };
}

/** Of several the one that clients are already told the wished address by, else one that bears our mark, else the first by id. */
function chooseKept(records: readonly HeldRecord[], wish: Wish, instance: InstanceId): HeldRecord | null {
  const rank = (record: HeldRecord) => {
    if (record.content === wish.content) return 0;
    return readComment(record.comment, instance).mark.kind === 'ours' ? 1 : 2;
  };
  const sorted = records.toSorted((left, right) => rank(left) - rank(right) || (left.id < right.id ? -1 : 1));
  return sorted[0] ?? null;
}

function postOf(wish: Wish, limits: PlanLimits): RecordPost {
  const { name, type, content, proxied = false } = wish;
  return { type, name, content, ttl: ttlOf(wish, proxied, limits), proxied };
}

/** What a patch says of TTL and proxy. */
function servingOf(kept: HeldRecord, wish: Wish, limits: PlanLimits): Pick<RecordPatch, 'ttl' | 'proxied'> {
  if (wish.proxied !== undefined) return { ttl: ttlOf(wish, wish.proxied, limits), proxied: wish.proxied };
  return kept.proxied ? {} : { ttl: ttlOf(wish, false, limits) };
}

function ttlOf(wish: Wish, proxied: boolean, limits: PlanLimits): number {
  return proxied ? automaticTtl : effectiveTtl(wish.ttlSeconds, { ...limits, proxied });
}

/** Whether clients get what is wished: address, TTL, and the edge where it is said whether. */
function isServedAs(kept: HeldRecord, wish: Wish, limits: PlanLimits): boolean {
  const { proxied = kept.proxied } = wish;
  const heldTtl = heldTtlSeconds(kept.proxied ? automaticTtl : kept.ttl);
  return (
    kept.content === wish.content &&
    kept.proxied === proxied &&
    heldTtl === effectiveTtl(wish.ttlSeconds, { ...limits, proxied })
  );
}
