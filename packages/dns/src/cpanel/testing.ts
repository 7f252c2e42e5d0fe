import type { DnsName, Ipv4, RecordRef } from '@serverctl/core';
import type { ApiHttp, ApiRequest } from '../api-http.ts';
import type { Panel } from './envelope.ts';

export const token = 'Secret-Token_0123456789';
export const zoneName = 'example.test' as DnsName;
export const ref: RecordRef = { zone: zoneName, name: `lb.${zoneName}` as DnsName, type: 'A' };
export const one = '192.0.2.1' as Ipv4;
export const two = '192.0.2.2' as Ipv4;

/** A line of the zone file: a record, or a text that is none. `span` = how many physical lines it takes. */
export type ZoneLine =
  | {
      readonly kind: 'record';
      readonly dname: string;
      readonly type: string;
      readonly ttl: number;
      readonly data: readonly string[];
      readonly span?: number;
    }
  | { readonly kind: 'comment' | 'control'; readonly text: string; readonly span?: number };

export const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

const soaFields = ['ns1.example.test.', 'admin.example.test.', '7', '3600', '1800', '1209600', '86400'];

/** A zone as panels make it, of serial 7: a comment first, `$TTL`, and an SOA of seven lines. */
export const plainZone: readonly ZoneLine[] = [
  { kind: 'comment', text: '; written by the panel' },
  { kind: 'control', text: '$TTL 14400' },
  { kind: 'record', dname: `${zoneName}.`, type: 'SOA', ttl: 86_400, span: 7, data: soaFields },
];

/** What comes back in place of the usual: this, with HTTP 200 unless said otherwise. */
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Answers without a panel: what is listed for a method, one by one, else with the plain zone, or that an edit is stale. */
export function answering(panel: Panel, replies: Partial<Record<'GET' | 'POST', readonly Reply[]>> = {}) {
  const left = { GET: [...(replies.GET ?? [])], POST: [...(replies.POST ?? [])] };
  const lines = entries(plainZone);
  const usual = {
    GET: { text: envelope(panel, panel === 'whm' ? { payload: lines } : lines, null) },
    POST: { text: envelope(panel, { type: 'Stale', detail: null }, 'stale') },
  } as const;
  const asked: ApiRequest[] = [];
  const http: ApiHttp = {
    async request(request) {
      asked.push(request);
      const { replyLimitBytes } = request;
      const method = request.method === 'GET' ? 'GET' : 'POST';
      const { status = 200, headers = {}, text }: Reply = left[method].shift() ?? usual[method];
      return { status, headers, text: text.slice(0, replyLimitBytes), isCut: text.length > replyLimitBytes };
    },
  };
  return { http, asked };
}

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
