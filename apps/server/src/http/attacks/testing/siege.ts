import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createFakeClock, type FakeClock } from '../../../../../../testkit/src/fake-clock.ts';
import { createListener } from '../../../liveness/listener.ts';
import { livenessStorage } from '../../../liveness/storage.ts';
import { newId } from '../../../platform/random.ts';
import { createAuthenticator } from '../../../services/accounts/authenticator.ts';
import { createAdminTokens } from '../../../services/admin-token.ts';
import { createAgentSessions } from '../../../services/agent-session/agent-sessions.ts';
import { keysInTurn } from '../../../services/agent-session/keys-in-turn.ts';
import { createKeyStore, createRegisteredMembers } from '../../../services/agent-session/storage.ts';
import type { ServiceDeps } from '../../../services/deps.ts';
import { enrol } from '../../../services/enrolment/enrol.ts';
import { createEnrolmentStore } from '../../../services/enrolment/storage.ts';
import { readFleet } from '../../../services/metrics/fleet.ts';
import { createMetrics } from '../../../services/metrics/metrics.ts';
import type { AgentDeps } from '../../agent/plugin.ts';
import { type AppOptions, createApp } from '../../app.ts';
import { injectWhole } from '../../testing/inject-whole.ts';
import { type OperatorHouse, openOperatorHouse, publicUrl } from '../../testing/operator-house.ts';

/** The whole app as people and agents reach it, on a real database, with a clock that the test moves, and somebody who attacks it. */
export interface Siege {
  readonly house: OperatorHouse;
  readonly deps: ServiceDeps;
  readonly clock: FakeClock;
  readonly app: FastifyInstance;
  readonly logged: () => string;
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** The tables that are not as they were before, by name. */
  changedBy(attack: () => Promise<unknown>): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Asking {
  readonly body?: unknown;
  /** In place of `body`, as it is; its type is what `headers` say. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** As a bearer token. */
  readonly secret?: string | null;
  /** Left out, one that nobody else has: limits are by peer. */
  readonly peer?: string;
}

/** What tests read of replies. Which of it is there depends on what was asked; reading what is not fails the test. */
export interface ReplyFields {
  readonly actor: string;
  readonly binding: { readonly id: string };
  readonly boot: number;
  readonly channel: { readonly id: string };
  readonly credential: { readonly id: string };
  readonly email: string;
  readonly enrolment: { readonly command: string; readonly secret: string };
  readonly id: string;
  readonly link: string;
  readonly member: { readonly id: string };
  readonly nonce: string;
  readonly recoveryCodes: readonly string[];
  readonly secret: string;
  readonly sentence: string;
  readonly sessions: { readonly id: string; readonly current: boolean }[];
  readonly token: string;
  readonly signingSecret: string;
  readonly tokens: { readonly id: string; readonly name: string; readonly owner: string }[];
}

export interface Answer {
  readonly status: number;
  /** Of the refusal; null when there was none. */
  readonly code: string | null;
  readonly body: ReplyFields;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface SiegeOptions extends Partial<Pick<AppOptions, 'trustedProxies' | 'publicUrls' | 'tls' | 'logger'>> {
  readonly change?: (deps: ServiceDeps) => Partial<ServiceDeps>;
  /** Left out, one that stands still until it is moved. */
  readonly clock?: ServiceDeps['clock'];
}

export const api = '/api/v1';
/** Written by what hears agents about itself, whoever asks what. */
const ownTable = 'listener';

export async function openSiege({ change, clock: given, ...options }: SiegeOptions = {}): Promise<Siege> {
  const directory = await mkdtemp(join(tmpdir(), 'sct-siege-'));
  const house = await openOperatorHouse(directory);
  const clock = createFakeClock(new Date());
  const base = { ...house.deps, clock: given ?? clock };
  const deps = { ...base, ...change?.(base) };
  const { agents, stop } = agentsOf(house, deps);
  const { db } = deps;
  const app = await createApp({
    deps,
    agents,
    authenticator: createAuthenticator({
      db,
      clock: deps.clock,
      adminTokens: createAdminTokens(db, deps.clock),
      lookUps: deps.lookUps,
      onFailure: (error) => {
        throw error;
      },
    }),
    publicUrls: [publicUrl],
    metrics: createMetrics({
      clock: deps.clock,
      version: '0.0.0',
      readFleet: () => readFleet(db, deps.clock.wallTime()),
    }),
    onEvent: (wake) => house.database.listen('event', wake),
    onPoolChange: (wake) => house.database.listen('pool_change', wake),
    readiness: async () => ({ ready: true, checks: [] }),
    liveness: async () => ({ counters: {}, gaps: [] }),
    logger: house.app.log,
    version: '0.0.0',
    ...options,
  });
  await app.ready();
  let strangers = 0;
  const nextStranger = () => {
    strangers += 1;
    return `100.64.${strangers >> 8}.${strangers & 255}`;
  };
  return {
    house,
    deps,
    clock,
    app,
    logged: house.logged,
    ask: (method, path, asking) => ask(app, method, path, { peer: nextStranger(), ...asking }),
    async changedBy(attack) {
      const before = tablesIn(await house.stored());
      await attack();
      const after = tablesIn(await house.stored());
      return [...after.keys()].filter((name) => name !== ownTable && after.get(name) !== before.get(name));
    },
    async close() {
      await app.close();
      await stop();
      await house.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** What hears agents, as the composition makes it. */
function agentsOf(
  { database }: OperatorHouse,
  { db, clock, random, secrets, lookUps, publicUrl: url }: ServiceDeps,
): { readonly agents: AgentDeps; stop(): Promise<void> } {
  const listener = createListener({
    ...livenessStorage(db, database.listen),
    clock,
    listenerId: newId(random),
    onClone: () => {},
  });
  const sessions = createAgentSessions({
    keys: keysInTurn(createKeyStore(db), lookUps),
    members: createRegisteredMembers(db, database.listen),
    clock,
    random,
    listener,
    sessionKey: secrets.deriveKey('agent-session'),
    onFailure: () => {},
  });
  listener.start();
  const enrolling = { enrolments: createEnrolmentStore(db), random, urls: [url] };
  return {
    agents: {
      clock,
      listener,
      sessions,
      enrol: (request, context) => lookUps.run('stranger', () => enrol(enrolling, request, context)),
    },
    stop: () => listener.stop(),
  };
}

async function ask(app: FastifyInstance, method: string, path: string, asking: Asking = {}): Promise<Answer> {
  const { body, raw, headers = {}, secret = null, peer = '127.0.0.1' } = asking;
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const reply = await injectWhole(app, {
    method: method as 'GET',
    url: path,
    remoteAddress: peer,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      ...headers,
    },
    ...(payload !== undefined && { payload }),
  });
  const isJson = String(reply.headers['content-type']).startsWith('application/json');
  const json = isJson ? JSON.parse(reply.body) : null;
  return {
    status: reply.statusCode,
    code: json?.error?.code ?? null,
    body: json,
    text: reply.body,
    headers: reply.headers,
  };
}

function tablesIn(stored: string): ReadonlyMap<string, string> {
  return new Map(stored.split(/\n\n(?=\w+(?:\n|$))/).map((part) => [part.split('\n', 1)[0] ?? '', part] as const));
}
