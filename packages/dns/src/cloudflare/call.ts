import { AppError, isAppError } from '@serverctl/core';
import type { ApiHttp, ApiRequest } from '../api-http.ts';
import { type Asked, malformed, replyError, silenceError } from './errors.ts';
import { type Envelope, isObject, parseEnvelope, parseList } from './reply.ts';

/** A request before it is dressed for the way. */
interface Call extends Pick<ApiRequest, 'method' | 'path'> {
  readonly body?: unknown;
  readonly namesRecord?: boolean;
  /** A write that changes nothing whatever happens to it: without a reply it is no open question. */
  readonly isRehearsal?: boolean;
  readonly replyLimitBytes?: number;
  /** Its reply may be a result alone. */
  readonly isBare?: boolean;
}

/** A reply that says success. */
export interface Answered {
  readonly asked: Asked;
  readonly envelope: Envelope;
}

/** What a read that is refused for want of a right asks of the operator. */
type Lacking = 'dns_token_lacks_scope' | 'dns_zone_id_needed';

/** One token's calls, each one request. */
export interface Caller {
  send(call: Call, signal: AbortSignal): Promise<Answered>;
  read(call: Omit<Call, 'method'>, signal: AbortSignal, lacking: Lacking): Promise<Answered>;
}

const usualReplyBytes = 64 * 1024; // R40

/** Calls with one token. Failures are `AppError`s; after a write without a reply that settles it `dns_outcome_unknown` (R19). */
export function createCaller(http: ApiHttp, token: string): Caller {
  const send = (call: Call, signal: AbortSignal) => ask(http, token, call, signal);

  /** Known to answer yes where a filter shuts the token out of everything else: so it is only asked which refusal it was. */
  async function isActive(signal: AbortSignal): Promise<boolean> {
    const verified = await send({ method: 'GET', path: '/user/tokens/verify' }, signal).catch(() => null);
    return isObject(verified?.envelope.result) && verified.envelope.result['status'] === 'active';
  }

  return {
    send,
    /** A refused read does not tell a wrong token from one without the right; the token's own page does. */
    async read(call, signal, lacking) {
      try {
        return await send({ ...call, method: 'GET' }, signal);
      } catch (error) {
        if (!isAppError(error, 'dns_token_refused') || error.details['status'] !== 403) throw error;
        if (!(await isActive(signal))) throw error;
        throw new AppError(lacking, error.details, error);
      }
    },
  };
}

/** The list in a reply; a list of which an entry cannot be read is none. */
export function listIn<T>({ asked, envelope }: Answered, parse: (entry: unknown) => T | null): readonly T[] {
  const list = parseList(envelope.result, parse);
  if (list === null) throw malformed(asked, { because: 'no-list' });
  return list;
}

/** The one entry in a reply. */
export function entryIn<T>({ asked, envelope }: Answered, parse: (entry: unknown) => T | null): T {
  const entry = parse(envelope.result);
  if (entry === null) throw malformed(asked, { because: 'no-record' });
  return entry;
}

async function ask(http: ApiHttp, token: string, call: Call, signal: AbortSignal): Promise<Answered> {
  const { method, path, namesRecord = false, replyLimitBytes = usualReplyBytes } = call;
  const isWrite = method !== 'GET';
  const details = { request: `${method} ${path.replace(/\?.*/, '')}` };
  const asked: Asked = { kind: isWrite ? 'write' : 'read', namesRecord, details, token };
  const settled: Asked = call.isRehearsal ? { ...asked, kind: 'read' } : asked;
  if (signal.aborted) {
    throw new AppError(
      'dns_unreachable',
      { ...details, because: 'its time was over before it was asked' },
      signal.reason,
    );
  }
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const body = isWrite ? JSON.stringify(call.body) : null;
  const reply = await http
    .request({
      ...{ method, path, replyLimitBytes, signal, body },
      headers: body === null ? headers : { ...headers, ...headersOf(body) },
    })
    .catch((error: unknown) => {
      throw silenceError(settled, error);
    });
  const envelope = reply.isCut ? null : parseEnvelope(reply.text, call.isBare);
  // A refused rehearsal is a refused change; only an unsettled one is no open question.
  const isRefused = reply.status === 403;
  const failure = replyError(isRefused ? asked : settled, reply, envelope);
  if (failure !== null) throw failure;
  if (envelope === null) throw malformed(settled, {});
  return { asked: settled, envelope };
}

/** With its length: node:http leaves that out of a DELETE, and the server would take the body for another request. */
function headersOf(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(body)}` };
}
