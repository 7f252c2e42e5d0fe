import { existsSync, readFileSync } from 'node:fs';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { parseHostname } from '@serverctl/core';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import type { Exchange } from '../testing/index.ts';
import { nothing, one, one6, ref, ref6, serving, two, zoneName } from './testing.ts';

/*
 * Holds what we send, and what the emulator answers, against the vendor's own description (api-schemas of 2023), which knows no batch.
 * What real replies of 2025 do otherwise is taken out of it first: `locked` and `zone_name` are gone, `comment` may be null, and codes
 * below 1000 exist.
 */
const path = join(import.meta.dirname, '../../../../../shared/data/cloudflare-dns.openapi.json');
const reason = existsSync(path) ? null : 'optional data: ../shared/data/cloudflare-dns.openapi.json is not there';

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** JSON Schema has no `nullable`, and no keyword beside it that would refuse null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, example, readOnly, ...rest } = value as Record<string, unknown>;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, plain(inner)]));
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}

/** What is taken out of a schema. */
interface Loosened {
  readonly required?: readonly string[];
  readonly items?: { readonly properties: { readonly code: object } };
}

function readDescription(): Description {
  const text = readFileSync(path, 'utf8').replaceAll('#/components/schemas/', 'vendor#/components/schemas/');
  const description = plain(JSON.parse(text)) as { components: { schemas: Record<string, Loosened> } };
  const { 'dns-record': record, comment, messages } = description.components.schemas;
  const set = (part: object | undefined, change: object) => Object.assign(part ?? expect.fail('not described'), change);
  set(record, { required: record?.required?.filter((name) => name !== 'locked' && name !== 'zone_name') });
  set(comment, { type: ['string', 'null'] });
  set(messages?.items?.properties.code, { minimum: 1 });
  return description as unknown as Description;
}

function createJudge() {
  const description = readDescription();
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  ajv
    .addFormat('ipv4', isIPv4)
    .addFormat('ipv6', isIPv6)
    .addFormat('hostname', (text) => parseHostname(text) !== null);
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text))).addFormat('ip', (text) => isIP(text) !== 0);
  ajv.addSchema(description, 'vendor');
  const judge = (schema: object, value: unknown) => {
    const validate = ajv.compile(schema);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  const operationOf = ({ method, path: asked }: Exchange) => {
    const [route = ''] = asked.split('?');
    const found = Object.entries(description.paths).find(([template]) =>
      new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(route),
    );
    return found?.[1][method.toLowerCase()] ?? null;
  };
  return { judge, operationOf, description };
}

const numbers = new Set(['per_page', 'page']);

type Judge = ReturnType<typeof createJudge>;
const bodyOf = (part: object | undefined) =>
  (part as { content?: { 'application/json'?: { schema?: object } } } | undefined)?.content?.['application/json']
    ?.schema;

function wrongInRequest({ judge, operationOf }: Judge, exchange: Exchange): readonly string[] {
  const operation = operationOf(exchange);
  if (operation === null) return [`${exchange.method} ${exchange.path} is not in the description`];
  const query = [...new URL(exchange.path, 'http://emulated').searchParams];
  const inQuery = query.flatMap(([name, text]) => {
    const schema = operation.parameters?.find((known) => known.in === 'query' && known.name === name)?.schema;
    if (schema === undefined) return [`${name} is no parameter`];
    return judge(schema, numbers.has(name) ? Number(text) : text);
  });
  const schema = bodyOf(operation.requestBody);
  const inBody = schema === undefined || exchange.body === '' ? [] : judge(schema, JSON.parse(exchange.body));
  return [...inQuery, ...inBody];
}

function wrongInReply({ judge, operationOf }: Judge, exchange: Exchange): readonly string[] {
  const { reply } = exchange;
  const operation = operationOf(exchange);
  if (reply === null || operation === null) return ['no reply, or no operation'];
  const failure = { $ref: 'vendor#/components/schemas/api-response-common-failure' };
  const schema = reply.status === 200 ? bodyOf(operation.responses['200']) : failure;
  return judge(schema ?? {}, JSON.parse(reply.text));
}

const said = (exchange: Exchange, wrong: readonly string[]) =>
  wrong.length === 0 ? [] : [{ asked: `${exchange.method} ${exchange.path}`, text: exchange.reply?.text, wrong }];

const nameOf = (label: string) => ({ ...ref, name: `${label}.${zoneName}` as typeof zoneName });

/** Everything that the provider asks but batches, and every refusal that the emulator knows of one request. */
async function everything() {
  const served = await serving();
  const { provider, emulator } = served;
  await provider.probe(ref, soon());
  await served.move(one, 1);
  await served.move(two, 2);
  emulator.addToken('Blind', { dnsRead: false });
  emulator.addToken('Narrow', { zoneRead: false });
  const refused = async (options: Parameters<typeof serving>[1]) => {
    const other = await serving({}, { http: served.http, ...options });
    await other.provider.read(ref, soon()).catch(() => undefined);
  };
  for (const token of ['Blind', 'Narrow', 'Nobody', 'two.parts']) await refused({ token });
  await refused({ zoneIds: { [zoneName]: 'f'.repeat(32) } });
  served.zone.records.create({ type: 'CNAME', name: `c.${zoneName}`, content: 'x.test', proxied: true });
  await provider.read({ ...ref, name: `c.${zoneName}` as typeof zoneName }, soon());
  const low = await serving({}, { http: served.http, ttlFloorSeconds: 30 });
  await low.move(one, 3, 30).catch(() => undefined);
  await served.move(two, 3, 60, { proxied: true });
  served.given({ type: 'AAAA', content: one6 });
  await served.withdraw(3);
  const gone = served.provider.withdrawAaaa({ ref: ref6, expected: nothing, mark: markOf(4) }, soon());
  expect(await gone).toMatchObject({ outcome: 'already' });
  served.given({ type: 'AAAA', content: one6 });
  emulator.inject({ kind: 'drift', change: () => served.zone.records.renewIds(ref.name) }, { methods: ['DELETE'] });
  await served.withdraw(4);
  await provider.zoneCalls?.read(['a', 'b', 'c', 'd'].map(nameOf), soon());
  emulator.lockOut(1);
  await expect(provider.read(ref, soon())).rejects.toMatchObject({ code: 'dns_rate_limited' });
  return emulator.exchanges;
}

describe.skipIf(reason !== null)(`the vendor’s description${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('holds every request that the provider makes', async () => {
    const judge = createJudge();
    const exchanges = await everything();
    expect(exchanges.length).toBeGreaterThan(20);
    expect(exchanges.flatMap((exchange) => said(exchange, wrongInRequest(judge, exchange)))).toEqual([]);
  });

  it('holds every reply that the emulator gives', async () => {
    const judge = createJudge();
    const exchanges = await everything();
    const statuses = new Set(exchanges.map(({ reply }) => reply?.status));
    expect([...statuses].sort()).toEqual([200, 400, 403, 404, 429]);
    expect(exchanges.flatMap((exchange) => said(exchange, wrongInReply(judge, exchange)))).toEqual([]);
  });

  it('holds a DELETE with its body and a list of the longest page, and would not hold a longer one', async () => {
    const judge = createJudge();
    const exchanges = await everything();
    const deleted = exchanges.filter(({ method }) => method === 'DELETE');
    expect(deleted.map(({ body, reply }) => [body, reply?.status])).toEqual([
      ['{}', 200],
      ['{}', 404],
      ['{}', 200],
    ]);
    const list = exchanges.find((exchange) => exchange.path.endsWith('per_page=5000')) ?? expect.fail('no list');
    expect(wrongInRequest(judge, list)).toEqual([]);
    expect(wrongInRequest(judge, { ...list, path: list.path.replace('5000', '5001') })).not.toEqual([]);
  });

  it('would not hold a body without its content, a TTL that is too low, a record without an id, or a 429 without its errors', async () => {
    const judge = createJudge();
    const exchanges = await everything();
    const post = exchanges.find(({ method, body }) => method === 'POST' && body !== '') ?? expect.fail('no POST');
    const { content, ...less } = JSON.parse(post.body);
    for (const body of [less, { ...less, content, ttl: 10 }])
      expect(wrongInRequest(judge, { ...post, body: JSON.stringify(body) })).not.toEqual([]);
    const isFull = ({ path: asked, reply }: Exchange) => asked.includes('type=A') && reply?.text.includes('"content"');
    const list = exchanges.find(isFull) ?? expect.fail('no list with a record');
    const reply = { status: 200, headers: {}, text: (list.reply?.text ?? '').replace(/"id":"[^"]+",/, '') };
    expect(wrongInReply(judge, { ...list, reply })).not.toEqual([]);
    const limited = exchanges.find((exchange) => exchange.reply?.status === 429) ?? expect.fail('no 429');
    const bare = { status: 429, headers: {}, text: '{"success":false,"messages":[],"result":null}' };
    expect(wrongInReply(judge, { ...limited, reply: bare })).not.toEqual([]);
  });
});
