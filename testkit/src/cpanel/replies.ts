import { type Prepared, wrongReplies as wrongPages } from '@serverctl/dns/testing';

/** A function of UAPI. */
export interface UapiFunction {
  readonly module: string;
  readonly name: string;
}

const json = (body: unknown): Prepared => ({
  ...{ status: 200, headers: { 'content-type': 'application/json' } },
  text: JSON.stringify(body),
});

/** UAPI's envelope: bare over HTTPS, below `result` where `of` is given, as its page of documentation and the way through WHM show it. */
export function uapiReply(
  outcome: { data: unknown; errors: readonly string[] | null },
  of: UapiFunction | null,
): Prepared {
  const { data, errors } = outcome;
  const metadata = errors === null ? { transformed: 1 } : {};
  const result = { status: errors === null ? 1 : 0, data, errors, warnings: null, messages: null, metadata };
  return json(of === null ? result : { apiversion: 3, func: of.name, module: of.module, result });
}

/** WHM API 1's envelope. */
export function whmReply(command: string, { data, reason }: { data: unknown; reason: string | null }): Prepared {
  return json({ metadata: { command, reason: reason ?? 'OK', result: reason === null ? 1 : 0, version: 1 }, data });
}

/** What WHM says to a call without `api.version=1`: the envelope of before. */
export function whmReplyOfOld(statusmsg: string): Prepared {
  return { ...json({ result: [{ status: 0, statusmsg }] }), headers: { 'content-type': 'text/plain' } };
}

/** Replies that are wrong in ways that were seen; `failure` and `reason` come with HTTP 200. */
export const wrongReplies = {
  page: wrongPages.page,
  failure: (...errors: readonly string[]) => uapiReply({ data: null, errors }, null),
  reason: (command: string, reason: string) => whmReply(command, { data: null, reason }),
  /** JSON of neither API. */
  strange: () => json({ hello: 'emulated' }),
  /** JSON that ends too early. */
  cut: (): Prepared => ({ ...json(null), text: '{"status":1,"data":{"new_ser' }),
} as const;
