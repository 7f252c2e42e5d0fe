import type { Gate, Right } from './access.ts';
import { refusals } from './api-error.ts';
import { type EmulatedRecord, plans, type ZoneRecords } from './zone.ts';

/** A zone and whether it is in order. */
export interface EmulatedZone {
  readonly id: string;
  readonly name: string;
  status: 'active' | 'pending' | 'moved' | 'deactivated';
  paused: boolean;
  readonly records: ZoneRecords;
}

/** One request, taken apart. */
export interface Incoming {
  readonly method: string;
  /** Behind the prefix, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  readonly address: string;
}

/** What came of it, and the names that may have changed. */
export interface Outcome {
  readonly result: unknown;
  readonly info?: Readonly<Record<string, number>>;
  readonly messages?: readonly { readonly code: number; readonly message: string }[];
  readonly changed?: { readonly zone: EmulatedZone; readonly names: readonly string[] };
}

/** What is done for a request once faults and limits let it. */
export function route(incoming: Incoming, zones: ReadonlyMap<string, EmulatedZone>, gate: Gate): Outcome {
  const [head, zoneId, part, id, ...more] = incoming.path.split('/').slice(1);
  const admit = (right: Right, zone: EmulatedZone | null) =>
    gate.admit(incoming.authorization, incoming.address, right, zone?.name ?? null);
  if (incoming.path === '/user/tokens/verify' && incoming.method === 'GET') return verify(admit('verify', null).status);
  if (head !== 'zones' || more.length > 0) throw refusals.noRoute();
  if (zoneId === undefined) {
    const token = admit('zoneRead', null);
    return findZones(
      incoming,
      [...zones.values()].filter(({ name }) => token.zones?.includes(name) ?? true),
    );
  }
  const zone = zones.get(zoneId) ?? null;
  const isRead = incoming.method === 'GET';
  admit(part === undefined ? 'zoneRead' : isRead ? 'dnsRead' : 'dnsEdit', zone);
  if (zone === null) throw refusals.noRoute();
  if (part === undefined && isRead) return { result: viewZone(zone) };
  if (part !== 'dns_records') throw refusals.noRoute();
  return id === undefined ? routeRecords(incoming, zone) : routeRecord(incoming, zone, id);
}

function routeRecords({ method, query, body }: Incoming, zone: EmulatedZone): Outcome {
  if (method === 'GET') return listRecords(zone.records.list(), query);
  if (method !== 'POST') throw refusals.noRoute();
  const result = zone.records.create(body);
  return { result, changed: { zone, names: [result.name] } };
}

function routeRecord({ method, body }: Incoming, zone: EmulatedZone, id: string): Outcome {
  const { records } = zone;
  if (method === 'POST' && id === 'batch') {
    const before = namesById(records);
    const result = records.batch(body);
    const ids = Object.values(result).flat() as readonly EmulatedRecord[];
    const names = ids.flatMap((record) => [record.name, before.get(record.id) ?? record.name]);
    return { result, changed: { zone, names: [...new Set(names)] } };
  }
  const before = records.get(id).name;
  const done = (result: { readonly id: string; readonly name?: string }) => ({
    result,
    changed: { zone, names: [...new Set([before, result.name ?? before])] },
  });
  if (method === 'GET') return { result: records.get(id) };
  if (method === 'PATCH') return done(records.patch(id, body));
  if (method === 'PUT') return done(records.put(id, body));
  if (method === 'DELETE') return done(records.remove(id));
  throw refusals.noRoute();
}

function namesById(records: ZoneRecords): ReadonlyMap<string, string> {
  return new Map(records.list().map(({ id, name }) => [id, name]));
}

function listRecords(all: readonly EmulatedRecord[], query: URLSearchParams): Outcome {
  const name = query.get('name') ?? query.get('name.exact');
  const type = query.get('type');
  const content = query.get('content') ?? query.get('content.exact');
  const comment = query.get('comment.contains');
  const found = all.filter(
    (record) =>
      (name === null || record.name === name.toLowerCase()) &&
      (type === null || record.type === type) &&
      (content === null || record.content === content) &&
      (comment === null || (record.comment ?? '').includes(comment)),
  );
  return paged(found, query, recordPages);
}

function findZones({ query }: Incoming, visible: readonly EmulatedZone[]): Outcome {
  const name = query.get('name');
  return paged(
    visible.filter((zone) => name === null || zone.name === name).map((zone) => viewZone(zone)),
    query,
    zonePages,
  );
}

/** As the vendor describes them (2023): records on pages of 5 to 5,000, zones on pages of 5 to 50. */
interface PageSizes {
  readonly usual: number;
  readonly most: number;
}

const recordPages: PageSizes = { usual: 100, most: 5_000 };
const zonePages: PageSizes = { usual: 20, most: 50 };
const fewestInPage = 5;

function paged(found: readonly unknown[], query: URLSearchParams, sizes: PageSizes): Outcome {
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('per_page') ?? sizes.usual);
  const isPage = Number.isInteger(page) && page >= 1;
  if (!isPage || !Number.isInteger(size) || size < fewestInPage || size > sizes.most)
    throw refusals.invalid(`pages count from 1, and hold from ${fewestInPage} to ${sizes.most} entries`);
  const result = found.slice((page - 1) * size, page * size);
  const pages = Math.ceil(found.length / size);
  const info = { page, per_page: size, count: result.length, total_count: found.length, total_pages: pages };
  return { result, info };
}

/** The code in `messages` of a success is that of a failure elsewhere, as was seen: a trap for those who look for codes there. */
function verify(status: string): Outcome {
  return {
    result: { id: '0123456789abcdef0123456789abcdef', status },
    messages: [{ code: 10000, message: `Emulated: the token is ${status}` }],
  };
}

function viewZone({ id, name, status, paused, records }: EmulatedZone) {
  const at = '2025-01-01T00:00:00.000000Z';
  return {
    ...{ id, name, status, paused, type: 'full', development_mode: 0 },
    ...{ name_servers: [`ada.ns.${name}`, `bob.ns.${name}`], original_name_servers: null },
    ...{ original_registrar: null, original_dnshost: null, created_on: at, modified_on: at, activated_on: at },
    ...{ meta: {}, owner: { id: null, type: 'user', name: null }, account: { id: 'a'.repeat(32), name: 'Emulated' } },
    ...{ permissions: ['#dns_records:read', '#dns_records:edit'], plan: { legacy_id: plans[records.plan.name].name } },
  };
}
