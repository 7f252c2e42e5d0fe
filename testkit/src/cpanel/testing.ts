import { request } from 'node:https';
import { onTestFinished } from 'vitest';
import type { Service } from './access.ts';
import { type CpanelEmulator, type CpanelOptions, startCpanelEmulator } from './emulator.ts';

/** A record as both APIs show it. */
export interface SeenLine {
  readonly line_index: number;
  readonly type: string;
  readonly record_type?: string;
  readonly ttl?: number;
  readonly dname_b64?: string;
  readonly data_b64?: readonly string[];
  readonly text_b64?: string;
}

/** What came back: HTTP's status, the text, and the text as JSON, null where it is none. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: { readonly [field: string]: unknown } | null;
}

/** Zone `example.test` with serial 2026110100 on a day of the year before, and a token for each API; ended with the test. */
export async function serving(options: CpanelOptions = {}) {
  const emulator = await startCpanelEmulator({ now: () => Date.UTC(2025, 0, 1), ...options });
  onTestFinished(() => emulator.stop());
  const zone = emulator.addZone('example.test');
  const tokens: Record<Service, string> = {
    cpanel: emulator.addToken({ service: 'cpanel', user: 'anna', value: 'A1' }),
    whm: emulator.addToken({ service: 'whm', user: 'root', value: 'W1' }),
  };
  const uapi = (path: string, parameters: Readonly<Record<string, string>> = {}, authorization = tokens.cpanel) =>
    send(emulator, 'cpanel', { path: `/execute/${path}`, parameters, authorization });
  const whm = (command: string, parameters: Readonly<Record<string, string>> = {}, authorization = tokens.whm) =>
    send(emulator, 'whm', {
      ...{ path: `/json-api/${command}`, authorization },
      parameters: { 'api.version': '1', ...parameters },
    });
  /** A mass edit of the zone; its serial is the present one unless another is named. */
  const edit = (parameters: Readonly<Record<string, string>>) =>
    uapi('DNS/mass_edit_zone', { zone: zone.name, serial: `${zone.serial}`, ...parameters });
  return { emulator, zone, tokens, uapi, whm, edit };
}

/** A record as `add` and `edit` take it. */
export function recordText(dname: string, address: string, more: object = {}): string {
  return JSON.stringify({ dname, ttl: 60, record_type: 'A', data: [address], ...more });
}

/** What base64 of the API says. */
export function plain(text: string | undefined): string {
  return Buffer.from(text ?? '', 'base64').toString('utf8');
}

interface Call {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly authorization: string;
  readonly method?: 'GET' | 'POST';
}

/** Asks over TLS and trusts this one certificate, whatever name it is for. */
export function send({ bases, certificate }: CpanelEmulator, service: Service, call: Call): Promise<Reply> {
  const { path, parameters, authorization, method = 'POST' } = call;
  const form = new URLSearchParams(parameters).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const headers = { authorization, ...(method === 'POST' ? type : {}) };
  const url = `${bases[service]}${path}${method === 'GET' ? `?${form}` : ''}`;
  const trust = { ca: certificate.cert, checkServerIdentity: () => undefined, agent: false };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ...trust }, (reply) => {
      reply.toArray().then((chunks: Buffer[]) => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: reply.statusCode ?? 0, text, body: parsed(text) });
      }, reject);
    });
    asked.on('error', reject).end(method === 'POST' ? form : undefined);
  });
}

function parsed(text: string): Reply['body'] {
  try {
    return JSON.parse(text) as Reply['body'];
  } catch {
    return null;
  }
}
