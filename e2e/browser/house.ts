import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient, type PoolView } from '@serverctl/contract';
import type { APIRequestContext, BrowserContext } from 'playwright-core';
import { expect, vi } from 'vitest';
import { type LocalStage, localStage } from '../src/local-stage.ts';
import { paths } from '../src/paths.ts';
import { authenticator } from '../src/person.ts';
import { type Plane, startPlane } from '../src/plane.ts';
import type { Stage } from '../src/stage.ts';

/** A real control plane on an embedded database, and three hosts that can become its members: real agents, a simulated service manager. */
export interface House {
  readonly stage: LocalStage;
  readonly plane: Plane;
  /** The server says nothing any more, and its connections stand; `goOn` ends that. */
  hold(): void;
  goOn(): void;
  down(): Promise<void>;
}

export const poolName = 'web-edge';

/** `settingsFor`: further environment variables of the server, for what a test has set up beside it. */
export async function openHouse(
  settingsFor: (stage: LocalStage) => Promise<NodeJS.ProcessEnv> = async () => ({}),
): Promise<House> {
  const stage = await localStage(3, () => {});
  const servers: ChildProcess[] = [];
  const spawnAtPlane: Stage['spawnAtPlane'] = (argv, options) => {
    const child = stage.spawnAtPlane(argv, options);
    if (argv.includes(paths.server)) servers.push(child);
    return child;
  };
  const signal = (name: NodeJS.Signals) => {
    for (const server of servers) server.kill(name);
  };
  const down = async () => {
    signal('SIGCONT');
    await stage.down();
  };
  try {
    const plane = await startPlane({ ...stage, spawnAtPlane }, await settingsFor(stage));
    return { stage, plane, hold: () => signal('SIGSTOP'), goOn: () => signal('SIGCONT'), down };
  } catch (error) {
    await down();
    throw error;
  }
}

export const administrator = { email: 'ops@example.com', password: 'seven herons over the quay' };

/** By the setup link that the server wrote at its first start, as the join page does. */
export async function makeAdministrator({ plane }: House, { request }: BrowserContext): Promise<void> {
  const link = await readFile(join(plane.dataDirectory, 'setup-link'), 'utf8');
  const secret = new URL(link.trim()).hash.slice(1);
  const reply = await request.post('/api/v1/invitations/accept', { data: { secret, ...administrator } });
  if (!reply.ok()) throw new Error(`no first administrator: ${await reply.text()}`);
}

/** The host's own client: as the command line has it, without a process for each call. */
export async function hostClient({ plane }: House, { request }: BrowserContext): Promise<Client> {
  const token = (await readFile(join(plane.dataDirectory, 'admin-token'), 'utf8')).trim();
  return createClient({ baseUrl: plane.url, token, fetch: fetchBy(request) });
}

/** For whoever is signed in in this browser. `next` is a code that was not used yet. */
export async function addAuthenticator({ plane }: House, { request }: BrowserContext) {
  const own = createClient({ baseUrl: plane.url, token: null, fetch: fetchBy(request, plane.url) });
  const { secret } = await own.session.beginTotp();
  const app = authenticator(secret);
  const { recoveryCodes } = await own.session.confirmTotp(app.code());
  return { next: () => app.code(1), recovery: recoveryCodes[0] ?? '' };
}

/** All of the administrator's, by the host: as when somebody else ends them. */
export async function endSessions(house: House, context: BrowserContext): Promise<void> {
  const client = await hostClient(house, context);
  const { users } = await client.users.list();
  for (const { id } of users) await client.users.endSessions(id);
}

/** The stage's name server as a credential. Resolves to its id. */
export async function addNameServer({ stage }: House, client: Client): Promise<string> {
  const { address: host, port, key } = stage.dns;
  const { credential } = await client.credentials.add({
    name: 'name-server',
    settings: { provider: 'rfc2136', host, port, keyName: key.name, algorithm: key.algorithm, secret: key.secret },
  });
  return credential.id;
}

/** Three members that beat; the first one is active, the record names it. */
export async function publishPool(house: House, client: Client): Promise<PoolView> {
  const { plane, stage } = house;
  const { dns, members } = stage;
  const credentialId = await addNameServer(house, client);
  await client.pools.add({ name: poolName });
  await client.bindings.add(poolName, { name: `www.${dns.zone}`, zone: dns.zone, credentialId, ttlSeconds: 30 });
  for (const [index, { hostname, address, egress }] of members.entries()) {
    const priority = (index + 1) * 10;
    const added = await client.members.add(poolName, {
      hostname,
      allowedEgress: [egress],
      publicIpv4: address,
      priority,
    });
    await members[index]?.startAgent({ ...added.enrolment, url: plane.url, caFile: plane.caFile });
  }
  const until = (holds: (pool: PoolView) => boolean) =>
    vi.waitFor(async () => expect(holds(await client.pools.get(poolName))).toBe(true), { timeout: 30_000 });
  await until(({ status }) => status.members.every(({ health }) => health === 'healthy'));
  await client.firstPublish.confirm(poolName, { memberId: members[0]?.hostname ?? '', confirmNotReady: true });
  await until(({ status }) => status.bindings.every(({ state }) => state === 'published'));
  return client.pools.get(poolName);
}

/** As the browser asks, with its cookies; `origin` where a page of ours would. */
function fetchBy(request: APIRequestContext, origin?: string): typeof globalThis.fetch {
  return async (input, { method = 'GET', headers, body } = {}) => {
    const reply = await request.fetch(String(input), {
      method,
      headers: { ...Object.fromEntries(new Headers(headers)), ...(origin !== undefined && { origin }) },
      ...(typeof body === 'string' && { data: body }),
    });
    return new Response(new Uint8Array(await reply.body()), { status: reply.status(), headers: reply.headers() });
  };
}
