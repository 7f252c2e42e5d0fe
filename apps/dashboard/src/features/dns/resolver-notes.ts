import type { BindingDetail, ResolverAnswer } from '@serverctl/contract';

/** What the answers mean for clients, where they are not as wished everywhere; the command line says the same. */
export function resolverNotes(record: BindingDetail): readonly string[] {
  const has = (wanted: ResolverAnswer['state']) => record.resolvers.some(({ state }) => state === wanted);
  if (has('not-compared')) return [notCompared(record)];
  return has('other') ? [differs(record)] : [];
}

/** No end is promised: who asks anew may hear the same again, from another view of the zone or from its own cache. */
function differs({ acknowledgedAddress, type, resolvers }: BindingDetail): string {
  const wanted = acknowledgedAddress ?? `no ${type} record`;
  const isTimed = resolvers.some(({ state, cachedUntil }) => state === 'other' && cachedUntil !== null);
  return `Where it says no, clients are told something else than ${wanted}${isTimed ? '; when the TTL shown is over, the resolver asks anew' : ''}.`;
}

function notCompared({ publishedEpoch, edge }: BindingDetail): string {
  if (publishedEpoch === 0) return 'Nothing is compared: nothing was published yet.';
  return edge === 'answers'
    ? 'Nothing is compared: the name is proxied, so the provider’s edge answers with addresses of its own.'
    : 'What differs is not compared: the name may be proxied, and then the provider’s edge answers with addresses of its own.';
}
