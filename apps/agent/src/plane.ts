import { heartbeatTimeoutMs } from '@serverctl/contract/agent';
import type { HttpClient, UnreachableReason } from './http-client.ts';
import { parseRefusal, type Refusal } from './replies.ts';
import type { UrlChoice } from './urls.ts';

/** What came of one call to the control plane, judged by status and structure. */
export type PlaneOutcome<Reply> = { readonly kind: 'ok'; readonly url: string; readonly reply: Reply } | PlaneTrouble;

export type PlaneTrouble =
  | ({ readonly kind: 'refused'; readonly url: string; readonly status: number } & Refusal)
  /** It answered that it cannot now (503: it could not store what it hears, R2): the next URL may be asked at once. */
  | { readonly kind: 'unavailable'; readonly url: string; readonly detail: string }
  /** No reply, or not one of a control plane: a portal, a proxy without a server behind it. */
  | {
      readonly kind: 'unreachable';
      readonly url: string;
      readonly because: UnreachableReason;
      readonly detail: string;
    };

export interface PlaneCall<Reply> {
  readonly path: string;
  readonly body: object;
  /** Null for what is not a reply we can act on. */
  readonly parse: (body: unknown) => Reply | null;
  readonly token?: string;
}

export interface Plane {
  readonly urlCount: number;
  /** Calls the present choice of address, or stays on `url`. Never rejects. */
  call<Reply>(call: PlaneCall<Reply>, url?: string): Promise<PlaneOutcome<Reply>>;
}

/** The control plane behind its addresses: each outcome teaches the choice of the next one. */
export function createPlane(client: HttpClient, urls: UrlChoice): Plane {
  return {
    urlCount: urls.count,
    async call(call, url = urls.current()) {
      const outcome = await callAt(client, url, call, heartbeatTimeoutMs);
      if (outcome.kind === 'ok' || outcome.kind === 'refused') urls.answered(url);
      else urls.failed(url);
      return outcome;
    },
  };
}

/** One call to one address, without a choice. Never rejects. */
export async function callAt<Reply>(
  client: HttpClient,
  url: string,
  call: PlaneCall<Reply>,
  timeoutMs: number,
): Promise<PlaneOutcome<Reply>> {
  const request = { url: url + call.path, body: call.body, timeoutMs };
  const outcome = await client.post(call.token === undefined ? request : { ...request, token: call.token });
  if (outcome.kind === 'unreachable') {
    const { because, detail } = outcome;
    return { kind: 'unreachable', url, because, detail: because === 'untrusted' ? detail : `${because}: ${detail}` };
  }
  const { status, body } = outcome;
  if (status >= 200 && status < 300) {
    const reply = call.parse(body);
    if (reply !== null) return { kind: 'ok', url, reply };
    return unusable(url, 'not one that this agent understands');
  }
  const refusal = parseRefusal(body);
  if (status >= 500) return { kind: 'unavailable', url, detail: `${status} ${refusal?.code ?? 'without words'}` };
  if (refusal !== null) return { kind: 'refused', url, status, ...refusal };
  return unusable(url, `status ${status}, not from a control plane`);
}

function unusable(url: string, why: string): PlaneTrouble {
  return { kind: 'unreachable', url, because: 'bad-reply', detail: `bad-reply: ${why}` };
}
