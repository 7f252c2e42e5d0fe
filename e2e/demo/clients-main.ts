import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * The demo's clients: each asks the name server for the managed name, keeps the answer for its TTL as resolvers do, and holds one HTTP session
 * after the other with the host that it names. So after a move they follow one by one, the last when its TTL is over.
 */

/** What it is started with. */
export interface ClientOrders {
  readonly name: string;
  readonly count: number;
  /** `address:port` */
  readonly nameServer: string;
  /** Where a host is reached, by the address that DNS names: a local stage's addresses lead nowhere. */
  readonly services: Readonly<Record<string, { readonly host: string; readonly port: number } | null>>;
}

const requestEveryMs = 700;
const sessionMs = 12_000;
const retryAfterMs = 500;

// Of clients.ts, our own.
const { name, count, nameServer, services } = JSON.parse(process.argv[2] ?? '{}') as ClientOrders;
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers([nameServer]);

for (let index = 0; index < count; index += 1) void live(index);

async function live(index: number): Promise<never> {
  await sleep((index * sessionMs) / count); // not all of them at once
  let known: { readonly address: string; readonly untilMs: number } | null = null;
  for (;;) {
    if (known === null || performance.now() > known.untilMs) known = await ask().catch(() => null);
    const service = services[known?.address ?? ''] ?? null;
    const went = service !== null && (await holdSession(service).catch(() => false));
    if (!went) await sleep(retryAfterMs);
  }
}

async function ask() {
  const [answer] = await resolver.resolve4(name, { ttl: true });
  return answer === undefined ? null : { address: answer.address, untilMs: performance.now() + answer.ttl * 1000 };
}

/** Requests over one connection; rejects when the host does not answer any more. */
async function holdSession({ host, port }: { readonly host: string; readonly port: number }): Promise<true> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let passedMs = 0; passedMs < sessionMs; passedMs += requestEveryMs) {
      const request = get({ host, port, agent, timeout: 2_000 });
      request.once('timeout', () => request.destroy(new Error('no answer within 2 s')));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      await sleep(requestEveryMs);
    }
    return true;
  } finally {
    agent.destroy();
  }
}
