/** Kinds of requests, as a budget counts them: `look` = records of one name, `list` = of the whole zone. */
const callKinds = [
  ...(['find-zone', 'zone', 'verify', 'look', 'list', 'record'] as const),
  ...(['create', 'patch', 'put', 'delete', 'batch', 'other'] as const),
];
/** One of `callKinds`. */
export type CallKind = (typeof callKinds)[number];

/** How many requests of each kind there were, whatever became of them. */
export type CallCounts = Readonly<Record<CallKind, number>> & { readonly total: number };

const kindByMethod: Readonly<Record<string, CallKind>> = {
  GET: 'record',
  PATCH: 'patch',
  PUT: 'put',
  DELETE: 'delete',
};

/** What a request asks for; `path` is behind the API's prefix, with its query. */
export function callKindOf(method: string, path: string): CallKind {
  const [route = '', query = ''] = path.split('?');
  const [head, zoneId, part, id] = route.split('/').slice(1);
  if (route === '/user/tokens/verify') return 'verify';
  if (head !== 'zones') return 'other';
  if (zoneId === undefined) return 'find-zone';
  if (part === undefined) return 'zone';
  if (id === 'batch') return 'batch';
  if (id !== undefined) return kindByMethod[method] ?? 'other';
  if (method === 'POST') return 'create';
  return new URLSearchParams(query).has('name') ? 'look' : 'list';
}

/** Counts requests by their kind. */
export function countCalls(kinds: Iterable<CallKind>): CallCounts {
  const counts = Object.fromEntries(callKinds.map((kind) => [kind, 0])) as Record<CallKind, number>; // all of them, right here
  let total = 0;
  for (const kind of kinds) {
    counts[kind] += 1;
    total += 1;
  }
  return { ...counts, total };
}
