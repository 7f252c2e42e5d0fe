import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** A fetch that trusts these CAs and no other, as the command line and the agent do; without any, what Node trusts. */
export function trustingFetch(ca?: string): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const options = { method: init.method ?? 'GET', headers: init.headers as Record<string, string>, agent: false };
    const asked = request(String(input), { ...options, ...(ca !== undefined && { ca }) });
    asked.end(init.body ?? undefined);
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    const headers = Object.entries(reply.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(await text(reply), { status: reply.statusCode ?? 0, headers });
  };
}
