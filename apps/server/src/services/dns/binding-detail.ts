import type { BindingDetail, BindingDetails, BindingQuery, ResolverAnswer } from '@serverctl/contract';
import { AppError, type RecordType, secondMs } from '@serverctl/core';
import { type BindingRow, findBindings } from '../../db/repositories/bindings.ts';
import { getPool } from '../../db/repositories/pools.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Heard } from '../resolvers/resolver-desk.ts';
import { readResolvers } from '../resolvers/resolver-service.ts';
import { bindingView } from '../views/binding-view.ts';
import { type PoolSnapshot, readSnapshot } from '../views/snapshot.ts';
import type { BindingRefs } from './binding-service.ts';
import type { Edge } from './edge.ts';

/**
 * One record by id, or all that the name has, with what the recursive resolvers answer now. Nothing is stored, and no state follows. They are
 * asked first, and the record is read then: of one that was read before, a promotion meanwhile would show the new address as the wrong one.
 */
export async function getBindingDetails(
  deps: ServiceDeps,
  refs: BindingRefs,
  { type: only }: BindingQuery,
): Promise<BindingDetails> {
  const { db, clock } = deps;
  const { id: poolId } = await getPool(db, refs.poolId);
  const meant = await findBindings(db, poolId, refs.bindingId, only);
  const heard = await askAll(deps, meant);
  const snapshot = await readSnapshot(db, clock.wallTime(), poolId);
  const records = heard.flatMap(({ id, answers }) => {
    const row = snapshot.bindings.find((one) => one.id === id);
    return row === undefined ? [] : [detailOf(snapshot, row, answers)];
  });
  if (records.length === 0) throw new AppError('binding_not_found', { pool: poolId, name: refs.bindingId });
  return { records };
}

/** In the order of the rows. */
async function askAll({ db, resolverDesk }: ServiceDeps, rows: readonly BindingRow[]) {
  const resolvers = await readResolvers(db);
  const asked = rows.map(async ({ id, name, type }) => {
    const answers = await resolverDesk.ask(resolvers, { name, type: type as RecordType }); // by the table's own constraint
    return { id, answers };
  });
  return Promise.all(asked);
}

function detailOf(snapshot: PoolSnapshot, row: BindingRow, heard: readonly Heard[]): BindingDetail {
  const view = bindingView(snapshot, row);
  return {
    ...view,
    acknowledgedAddress: row.published_address,
    resolvers: heard.map((one) => resolverAnswer({ row, edge: view.edge }, one)),
  };
}

/** What is compared with: the record as the provider acknowledged it last, and whether its edge answers in the record's place. */
export interface Acknowledged {
  readonly row: Pick<BindingRow, 'published_address' | 'published_epoch'>;
  readonly edge: Edge;
}

/** One resolver's answer beside what was acknowledged. Pure. */
export function resolverAnswer(acknowledged: Acknowledged, { resolver, askedAt, answer }: Heard): ResolverAnswer {
  const told = { resolver, askedAt: askedAt.toISOString() };
  if (answer.kind === 'none') {
    const { because: error } = answer;
    return {
      ...told,
      ...{ state: 'no-answer', addresses: [], moreAddresses: 0, ttlSeconds: null, cachedUntil: null, error },
    };
  }
  const { addresses, moreAddresses, ttlSeconds } = answer;
  const cachedUntil = ttlSeconds === null ? null : new Date(askedAt.getTime() + ttlSeconds * secondMs).toISOString();
  const state = stateOf(acknowledged, addresses);
  return { ...told, state, addresses: [...addresses], moreAddresses, ttlSeconds, cachedUntil, error: null };
}

/*
 *   nothing was acknowledged yet, or the provider's edge answers     | not compared: what clients are told is not ours to judge
 *   exactly what was acknowledged; none, where an AAAA was withdrawn | same
 *   anything else, and the edge may answer                           | not compared
 *   anything else                                                    | other
 */
function stateOf({ row, edge }: Acknowledged, addresses: readonly string[]): ResolverAnswer['state'] {
  if (row.published_epoch === 0 || edge === 'answers') return 'not-compared';
  const wanted = row.published_address === null ? [] : [row.published_address];
  if (addresses.join() === wanted.join()) return 'same';
  return edge === 'perhaps' ? 'not-compared' : 'other';
}
