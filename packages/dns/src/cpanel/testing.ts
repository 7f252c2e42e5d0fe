import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DnsName, InstanceId, Ipv4, RecordRef } from '@serverctl/core';
import { markOf, soon, us } from '../contract/subject.ts';
import { createNodeHttp } from '../testing/index.ts';
import type { Panel } from './envelope.ts';
import { createCpanelProvider } from './index.ts';
import type { CpanelOptions } from './schema.ts';

export const token = 'Secret-Token_0123456789';
export const zoneName = 'example.test' as DnsName;
export const ref: RecordRef = { zone: zoneName, name: `lb.${zoneName}` as DnsName, type: 'A' };
export const one = '192.0.2.1' as Ipv4;
export const two = '192.0.2.2' as Ipv4;

/** A line of the zone file: a record, or a text that is none. `span` = how many physical lines it takes. */
export type ZoneLine =
  | {
      readonly kind: 'record';
      dname: string;
      type: string;
      ttl: number;
      data: readonly string[];
      readonly span?: number;
    }
  | { readonly kind: 'comment' | 'control'; readonly text: string; readonly span?: number };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly parameters: URLSearchParams;
}

/** What a request meets in place of its reply: text = that reply, null = none at all. */
export interface Fault {
  readonly method: 'GET' | 'POST';
  readonly applied?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string | null;
}

export const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

/** A zone as panels make it: a comment first, `$TTL`, an SOA of seven lines, and a foreign record. */
function freshLines(serial: () => number): ZoneLine[] {
  const soa = {
    ...{ kind: 'record' as const, dname: `${zoneName}.`, type: 'SOA', ttl: 86_400, span: 7 },
    get data() {
      return ['ns1.example.test.', 'admin.example.test.', String(serial()), '3600', '1800', '1209600', '86400'];
    },
  };
  return [
    { kind: 'comment', text: '; written by the panel' },
    { kind: 'control', text: '$TTL 14400' },
    soa,
    { kind: 'record', dname: `${zoneName}.`, type: 'NS', ttl: 86_400, data: ['ns1.example.test.'] },
    { kind: 'record', dname: 'www', type: 'A', ttl: 14_400, data: ['198.51.100.7'] },
  ];
}

/** The part of a panel that a test needs: one zone, compared and set by its serial. */
export async function startPanel(panel: Panel) {
  const zone = { serial: 2_026_010_101, lines: [] as ZoneLine[] };
  zone.lines = freshLines(() => zone.serial);
  const rights: Record<string, 'edit' | 'read' | 'none'> = { [token]: 'edit' };
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  const state = { beforeEdit: () => {}, lost: () => {}, localWords: false };

  function answer({ method, path, parameters, authorization }: Asked): { status: number; text: string } {
    const right = rights[authorization?.replace(`${panel} owner:`, '') ?? ''];
    if (right === undefined) return { status: 403, text: '<html><head><title>Panel login</title></head></html>' };
    const isEdit = /mass_edit/.test(path);
    if (right === 'none') return { status: 403, text: envelope(panel, null, 'Access denied') };
    if (parameters.get('zone') !== zoneName) return failed('You do not control that zone.');
    if (!isEdit) return done(panel === 'cpanel' ? entries(zone.lines) : { payload: entries(zone.lines) });
    if (method !== 'POST') return failed('POST it');
    if (right === 'read') return failed('You do not have the feature.');
    state.beforeEdit();
    const sent = parameters.get('serial') ?? '';
    if (sent !== String(zone.serial)) return failed(staleWords(sent), { type: 'Stale', detail: null });
    applyEdit(zone.lines, parameters);
    zone.serial = (zone.serial + 1) % 2 ** 32; // RFC 1982
    return done({ new_serial: String(zone.serial) });
  }
  const staleWords = (sent: string) =>
    state.localWords ? 'Zona vetusta est.' : `The given serial number (${sent}) does not match (${zone.serial}).`;
  const done = (data: unknown) => ({ status: 200, text: envelope(panel, data, null) });
  const failed = (words: string, data: unknown = null) => ({
    status: 200,
    text: envelope(panel, state.localWords ? null : data, words),
  });

  const server = createServer(async (request, response) => {
    const one = await readAsked(request);
    asked.push(one);
    const at = faults.findIndex(({ method }) => method === one.method);
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    const reply = fault === undefined || fault.applied ? answer(one) : null;
    if (fault?.text === null) return state.lost();
    const shown = fault === undefined ? reply : { status: fault.status ?? 200, text: fault.text };
    response.writeHead(shown?.status ?? 500, fault?.headers).end(shown?.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const http = createNodeHttp(`http://127.0.0.1:${port}`);
  const wait = async () => {};
  const open = (more: Partial<CpanelOptions> = {}) =>
    createCpanelProvider({ http, panel, user: 'owner', token, instance: us, random: () => 0, wait, ...more });
  return {
    ...{ zone, rights, asked, faults, state, open, http },
    /** Names and addresses of one type, as clients would be answered. */
    held: (type: string, name: string = ref.name) => zone.lines.filter((line) => isOf(line, type, name)),
    /** As somebody does by hand. */
    put(name: string, type: string, values: readonly (readonly string[])[], ttl = 60) {
      zone.lines = zone.lines.filter((line) => !isOf(line, type, name));
      for (const data of values) zone.lines.push({ kind: 'record', dname: `${name}.`, type, ttl, data });
      zone.serial += 1;
    },
    /** Reads, then replaces, as the publisher does. */
    async move(address: Ipv4, epoch: number, instance: InstanceId = us) {
      const provider = open({ instance });
      const expected = await provider.read(ref, soon());
      return provider.replace({ ref, expected, next: { address, ttlSeconds: 60 }, mark: markOf(epoch) }, soon());
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestPanel = Awaited<ReturnType<typeof startPanel>>;

/** Successes without words, failures with them. */
export function envelope(panel: Panel, data: unknown, words: string | null): string {
  const result = words === null ? 1 : 0;
  const uapi = { status: result, data, errors: words === null ? null : [words], messages: null, metadata: {} };
  const whm = { data, metadata: { command: 'x', result, reason: words ?? 'OK', version: 1 } };
  return JSON.stringify(panel === 'cpanel' ? uapi : whm);
}

/** The zone's lines as the API shows them. */
export function entries(lines: readonly ZoneLine[]): readonly Readonly<Record<string, unknown>>[] {
  let next = 0;
  return lines.map((line) => {
    const line_index = next;
    next += line.span ?? 1;
    if (line.kind !== 'record') return { type: line.kind, line_index, text_b64: base64(line.text) };
    const fields = { dname_b64: base64(line.dname), record_type: line.type, ttl: line.ttl };
    return { type: 'record', line_index, ...fields, data_b64: line.data.map(base64) };
  });
}

function isOf(line: ZoneLine, type: string, name: string): boolean {
  if (line.kind !== 'record' || line.type !== type) return false;
  return line.dname === `${name}.` || `${line.dname}.${zoneName}` === name;
}

interface SentLine {
  readonly dname: string;
  readonly ttl: number;
  readonly record_type: string;
  readonly data: readonly string[];
}

function applyEdit(lines: ZoneLine[], parameters: URLSearchParams): void {
  const all = (word: string) =>
    [...parameters].filter(([name]) => new RegExp(`^${word}(-\\d+)?$`).test(name)).map(([, value]) => value);
  const lineOf = (index: number) =>
    lines[entries(lines).findIndex(({ line_index }) => line_index === index)] ?? raise(`no line ${index}`);
  const toLine = ({ dname, ttl, record_type, data }: SentLine): ZoneLine => ({
    ...{ kind: 'record', dname, type: record_type, ttl, data },
  });
  const edits: (SentLine & { line_index: number })[] = all('edit').map((text) => JSON.parse(text));
  const changed = edits.map((edit) => [lineOf(edit.line_index), toLine(edit)] as const);
  const removed = all('remove').map((index) => lineOf(Number(index)));
  for (const [old, next] of changed) lines[lines.indexOf(old)] = next;
  for (const old of removed) lines.splice(lines.indexOf(old), 1);
  lines.push(...all('add').map((text) => toLine(JSON.parse(text))));
}

function raise(words: string): never {
  throw new Error(words);
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://panel.test');
  const body = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const parameters = new URLSearchParams([...url.searchParams, ...body]);
  const { authorization } = request.headers;
  return { method: request.method ?? '', path: url.pathname + url.search, authorization, parameters };
}
