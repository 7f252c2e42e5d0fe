import type { BindingStatus } from '@serverctl/contract';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import { providerApi } from '../../worker/verifier.ts';
import { hasProxy } from './ttl-cost.ts';

/** Whether the provider's edge answers for a name in place of the member. */
export type Edge = BindingStatus['edge'];

/** Of all records of one name: where one is proxied, the edge answers for both families. */
export function edgeOf(records: readonly EdgeRow[]): Edge {
  const found = records.map(edgeOfRecord);
  if (found.includes('answers')) return 'answers';
  return found.includes('perhaps') ? 'perhaps' : 'silent';
}

type EdgeRow = Pick<BindingRow, 'provider' | 'proxied' | 'servers'>;

/** A record that is left as it is says nothing itself: who was asked at the last verification does, where that is known. */
function edgeOfRecord(row: EdgeRow): Edge {
  if (row.proxied !== null) return row.proxied ? 'answers' : 'silent';
  if (!hasProxy(row)) return 'silent';
  const servers = row.servers as BindingStatus['published']; // as bindingView shows them
  if (servers.length === 0) return 'perhaps';
  return servers.some(({ server }) => server === providerApi.name) ? 'answers' : 'silent';
}
