import { AppError, type DnsName } from '@serverctl/core';
import { editParameters, type MassEdit } from './edits.ts';
import { type Envelope, isObject, type Panel, parseEnvelope } from './envelope.ts';
import { type Asked, malformed, refused, replyError, silenceError } from './errors.ts';
import type { CpanelRequest } from './http.ts';
import { authorizationOf, type CpanelOptions } from './schema.ts';
import { parseSerial, parseZoneText, type ZoneText } from './zone-text.ts';

/** What the panel made of a mass edit. */
export type EditOutcome =
  | { readonly kind: 'applied' }
  /** The zone has another serial by now: nothing was changed. */
  | { readonly kind: 'stale' }
  /** Nothing was changed, for whatever reason: its own, or the same as above in words that nobody knows. */
  | { readonly kind: 'refused'; as(code: 'dns_not_allowed' | 'dns_request_refused'): AppError };

/** One account at one panel. Each call is one request; failures are `AppError`s. */
export interface Client {
  /** The whole zone. A refusal is `dns_zone_not_served`: the panel tells no better one apart but in words. */
  readZone(zone: DnsName, signal: AbortSignal): Promise<ZoneText>;
  /** Changes the zone if its serial is this one. Without a reply that settles it `dns_outcome_unknown` (R19). */
  edit(zone: DnsName, serial: number, edits: MassEdit, signal: AbortSignal): Promise<EditOutcome>;
  /** The same under a serial that the zone has not had for long: without a reply it is no open question. */
  rehearse(zone: DnsName, serial: number, edits: MassEdit, signal: AbortSignal): Promise<EditOutcome>;
}

const usualReplyBytes = 64 * 1024; // R40
const zoneReplyBytes = 8 * 1024 * 1024;

/** The same two functions under either program's name. */
export const paths: Readonly<Record<Panel, { readonly parse: string; readonly edit: string; readonly fixed: string }>> =
  {
    cpanel: { parse: '/execute/DNS/parse_zone', edit: '/execute/DNS/mass_edit_zone', fixed: '' },
    whm: { parse: '/json-api/parse_dns_zone', edit: '/json-api/mass_edit_dns_zone', fixed: 'api.version=1&' },
  };

interface Call extends Pick<CpanelRequest, 'method' | 'path' | 'body' | 'replyLimitBytes'> {
  readonly asked: Asked;
}

/** Throws `dns_panel_user_invalid` or `dns_token_malformed` at once for what cannot sign a call. */
export function createClient(options: Pick<CpanelOptions, 'http' | 'panel' | 'user' | 'token'>): Client {
  const { http, panel, token } = options;
  const authorization = authorizationOf(options);
  const { parse, edit, fixed } = paths[panel];

  async function send({ asked, ...call }: Call, signal: AbortSignal): Promise<Envelope> {
    if (signal.aborted) {
      const because = 'its time was over before it was asked';
      throw new AppError('dns_unreachable', { ...asked.details, because }, signal.reason);
    }
    const headers = { authorization, accept: 'application/json' };
    const ofBody = call.body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await http
      .request({ ...call, headers: { ...headers, ...ofBody }, signal })
      .catch((error: unknown) => {
        throw silenceError(asked, error);
      });
    const envelope = reply.isCut ? null : parseEnvelope(reply.text);
    const failure = replyError(asked, reply, envelope);
    if (failure !== null) throw failure;
    return envelope ?? unreadable(asked);
  }

  async function sendEdit(
    kind: Asked['kind'],
    zone: DnsName,
    serial: number,
    edits: MassEdit,
    signal: AbortSignal,
  ): Promise<EditOutcome> {
    const asked: Asked = { kind, panel, token: token.trim(), details: { request: `POST ${edit}`, zone } };
    const path = fixed === '' ? edit : `${edit}?${fixed.replace(/&$/, '')}`;
    const body = editParameters(zone, serial, edits).toString();
    const call: Call = { asked, method: 'POST', path, body, replyLimitBytes: usualReplyBytes };
    const envelope = await send(call, signal);
    if (envelope.isDone) {
      if (newSerialIn(envelope) === null) throw malformed(asked, 'no-new-serial');
      return { kind: 'applied' };
    }
    if (isStale(envelope, serial)) return { kind: 'stale' };
    return { kind: 'refused', as: (code) => refused(code, asked, envelope) };
  }

  return {
    async readZone(zone, signal) {
      const details = { request: `GET ${parse}`, zone };
      const asked: Asked = { kind: 'read', panel, token: token.trim(), details };
      const path = `${parse}?${fixed}${new URLSearchParams({ zone })}`;
      const envelope = await send({ asked, method: 'GET', path, body: null, replyLimitBytes: zoneReplyBytes }, signal);
      if (!envelope.isDone) throw refused('dns_zone_not_served', asked, envelope);
      const text = parseZoneText(linesIn(envelope), zone);
      if (typeof text === 'string') throw malformed(asked, text);
      return text;
    },
    edit: (...given) => sendEdit('write', ...given),
    rehearse: (...given) => sendEdit('read', ...given),
  };
}

function linesIn({ panel, data }: Envelope): unknown {
  if (panel === 'cpanel') return data;
  return isObject(data) ? data['payload'] : null;
}

function newSerialIn({ data }: Envelope): number | null {
  return isObject(data) ? parseSerial(data['new_serial']) : null;
}

/** Known by what the reply is made of: a type, or the serial that was sent, which the panel names in whatever language it speaks. */
function isStale({ data, said }: Envelope, serial: number): boolean {
  if (isObject(data) && data['type'] === 'Stale') return true;
  const numbers: readonly string[] = said.match(/\d+/g) ?? [];
  return numbers.includes(String(serial)) && numbers.some((number) => Number(number) !== serial);
}

function unreadable(asked: Asked): never {
  throw malformed(asked, 'no-envelope');
}
