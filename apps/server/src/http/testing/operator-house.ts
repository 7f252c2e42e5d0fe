import { join } from 'node:path';
import { type Client, createClient, type EventView } from '@serverctl/contract';
import type { DnsName, ErrorCode, InstanceId } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, createRfc2136Provider, type MemoryZone } from '@serverctl/dns';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { changeChannel, createPoolStore } from '../../db/pool-store.ts';
import { silentLog, type TestDatabase, testDatabase } from '../../db/testing.ts';
import { createRecursiveDesk } from '../../parts.ts';
import { systemClock as clock } from '../../platform/clock.ts';
import { createLogger } from '../../platform/logger.ts';
import { newId, systemRandom as random } from '../../platform/random.ts';
import { createSecretBox } from '../../platform/secrets.ts';
import { createAuthenticator } from '../../services/accounts/authenticator.ts';
import { createGate, lookUpLimits } from '../../services/accounts/gate.ts';
import { createPasswords } from '../../services/accounts/passwords.ts';
import { createAdminTokens, ensureAdminToken } from '../../services/admin-token.ts';
import { createAgentFiles } from '../../services/agent-files.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { createProviderDesk } from '../../services/dns-providers.ts';
import { readFleet } from '../../services/metrics/fleet.ts';
import { createMetrics } from '../../services/metrics/metrics.ts';
import { createOutbound } from '../../services/outbound.ts';
import { openRunbooks } from '../../services/runbooks.ts';
import type { PoolStore, Resolver } from '../../worker/ports.ts';
import { createApp } from '../app.ts';
import { createInstaller } from '../install/installer.ts';
import { writeAgentFiles } from './agent-files.ts';

/** The operator's API on a real database, with one zone in memory behind every TSIG key, and the typed client to ask it. */
export interface OperatorHouse {
  readonly app: FastifyInstance;
  /** Asks with the administrator token: as the host. */
  readonly client: Client;
  readonly database: TestDatabase;
  readonly deps: ServiceDeps;
  readonly store: PoolStore;
  readonly zone: MemoryZone;
  readonly token: string;
  /** The newest events, oldest first: each was stored with what is due to the channels. */
  told(): Promise<readonly EventView[]>;
  readonly logged: () => string;
  /** Everything stored, as text. Two equal ones: nothing was changed in between. */
  stored(): Promise<string>;
  auditRows(): Promise<number>;
  /** `from` is the peer's address: limits are by peer. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
    from?: string,
  ): Promise<{ status: number; body: unknown }>;
  /** Asks with another secret: a session’s, an API token’s (people.ts). */
  clientAs(secret: string | null): Client;
  close(): Promise<void>;
}

/** Where people find the house. */
export const publicUrl = 'https://plane.test';
export const zoneName = 'example.com' as DnsName;
/** 32 bytes, and a word to look for where it must not be. */
export const tsigSecret = Buffer.from('canary-tsig-secret-canary-tsig-x').toString('base64');

/** What the name server makes of a key, by the key's name. */
const refusals: Readonly<Record<string, ErrorCode>> = {
  'wrong-secret': 'dns_tsig_wrong_secret',
  'unknown-key': 'dns_tsig_unknown_key',
  'skewed-clock': 'dns_tsig_clock_skew',
};

/** What may be asked on loopback, beside the name server on a private address. */
export interface HouseOptions {
  readonly allowPrivate?: readonly { readonly host: string; readonly port: number }[];
}

export async function openOperatorHouse(directory: string, options: HouseOptions = {}): Promise<OperatorHouse> {
  const database = await testDatabase();
  const db = database.kysely;
  const zone = createMemoryZone(zoneName);
  const lines: string[] = [];
  const made = await ensureAdminToken({ db, random, dataDir: directory, renew: false });
  const token = made?.token ?? '';
  const agentDirectory = join(directory, 'agent');
  await writeAgentFiles(agentDirectory);
  const deps = makeDeps(database, zone, agentDirectory, options);
  const app = await createApp({
    deps,
    authenticator: createAuthenticator({
      db,
      clock,
      adminTokens: createAdminTokens(db, clock),
      lookUps: deps.lookUps,
      onFailure: (error) => void lines.push(String(error)),
    }),
    publicUrls: [publicUrl],
    metrics: createMetrics({ clock, version: '0.0.0', readFleet: () => readFleet(db, clock.wallTime()) }),
    onEvent: (wake) => database.listen('event', wake),
    onPoolChange: (wake) => database.listen(changeChannel, wake),
    agents: null,
    readiness: async () => ({ ready: true, checks: [] }),
    liveness: async () => ({ counters: { accepted: 0 }, gaps: [] }),
    logger: createLogger('trace', { write: (line: string) => void lines.push(line) }),
    version: '0.0.0',
  });
  await app.ready();
  const clientAs = (secret: string | null) =>
    createClient({ baseUrl: 'http://plane.test', token: secret, fetch: injectInto(app) });
  const client = clientAs(token);
  return {
    app,
    client,
    clientAs,
    database,
    deps,
    store: createPoolStore(database),
    zone,
    token,
    told: async () => (await client.events({ limit: 500 })).events,
    logged: () => lines.join(''),
    stored: () => dump(database),
    auditRows: async () => {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_entry`.execute(db);
      return rows[0]?.n ?? 0;
    },
    async ask(method, path, body, asked = token, from = '127.0.0.1') {
      const reply = await app.inject({
        method: method as 'GET',
        url: path,
        remoteAddress: from,
        ...(body !== undefined && { payload: JSON.stringify(body) }),
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(asked !== null && { authorization: `Bearer ${asked}` }),
        },
      });
      return { status: reply.statusCode, body: reply.json() };
    },
    async close() {
      await app.close();
      await database.close();
    },
  };
}

function makeDeps(
  database: TestDatabase,
  zone: MemoryZone,
  agentDirectory: string,
  { allowPrivate = [] }: HouseOptions,
): ServiceDeps {
  const db = database.kysely;
  const secrets = createSecretBox(random.bytes(32));
  const outbound = createOutbound({
    clock,
    allowPrivate: [{ host: '10.77.0.3', port: 53 }, ...allowPrivate],
    lookup: async (host) => lookups(host),
  });
  const instance = newId<InstanceId>(random);
  const providers = createProviderDesk({
    db,
    clock,
    random,
    secrets,
    outbound,
    instance,
    create: {
      rfc2136: (options) => {
        createRfc2136Provider(options); // the real one checks the key's form
        const refusal = refusals[options.key.name];
        const rights = { edit: options.key.name !== 'may-not-edit', mark: options.key.name !== 'may-not-mark' };
        return createMemoryProvider({ zone, instance, rights, ...(refusal && { refusal }) });
      },
    },
  });
  const resolver = zoneResolver(zone);
  return {
    db,
    clock,
    random,
    secrets,
    outbound,
    providers,
    resolver,
    resolverDesk: createRecursiveDesk(clock, outbound, random, silentLog),
    passwords: createPasswords(),
    lookUps: createGate(lookUpLimits),
    publicUrl,
    runbooks: openRunbooks({ publicUrl }),
    installer: createInstaller({
      urls: [publicUrl],
      files: createAgentFiles(agentDirectory),
      trust: () => ({ caPem: null, pin: null }),
    }),
  };
}

function lookups(host: string) {
  if (host === 'nowhere.invalid') throw new Error('ENOTFOUND');
  if (host === 'inside.example.net') return [{ address: '10.1.2.3', family: 4 }];
  return [{ address: /^[\d.]+$/.test(host) ? host : '198.51.100.53', family: 4 }];
}

function zoneResolver(zone: MemoryZone): Resolver {
  return {
    authoritativeServers: async () => [{ name: 'ns1.example.com', address: '198.51.100.53', port: 53 }],
    ask: async (_server, name) => {
      const rrset = zone.get(name, 'A');
      return {
        authoritative: true,
        addresses: rrset?.values ?? [],
        ttlSeconds: rrset?.ttlSeconds ?? null,
        rcode: 'NOERROR',
      };
    },
  };
}

/** A fetch that asks the app without a socket: client and server meet in one process. */
function injectInto(app: FastifyInstance): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input));
    const reply = await app.inject({
      method: (init.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers: init.headers as Record<string, string>,
      ...(typeof init.body === 'string' && { payload: init.body }),
    });
    return new Response(reply.body, { status: reply.statusCode, headers: { 'content-type': 'application/json' } });
  };
}

async function dump({ kysely }: TestDatabase): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`.execute(kysely);
  const parts: string[] = [];
  for (const { name } of rows) {
    const content = await sql<{ text: string | null }>`
      SELECT string_agg(t::text, E'\n' ORDER BY t::text) AS text FROM ${sql.table(name)} t`.execute(kysely);
    parts.push(`${name}\n${content.rows[0]?.text ?? ''}`);
  }
  return parts.join('\n\n');
}
