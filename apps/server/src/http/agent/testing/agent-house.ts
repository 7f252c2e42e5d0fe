import { Writable } from 'node:stream';
import type { MemberId, PoolId } from '@serverctl/core';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { createFakeClock, type FakeClock } from '../../../../../../testkit/src/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../../../db/testing.ts';
import { createListener, type Listener } from '../../../liveness/listener.ts';
import { paceLimits } from '../../../liveness/pace.ts';
import { livenessStorage } from '../../../liveness/storage.ts';
import type { BucketLimits } from '../../../platform/buckets.ts';
import { systemClock } from '../../../platform/clock.ts';
import { newId, systemRandom } from '../../../platform/random.ts';
import { createAgentSessions } from '../../../services/agent-session/agent-sessions.ts';
import {
  createKeyStore,
  createRegisteredMembers,
  quarantineForBeats,
} from '../../../services/agent-session/storage.ts';
import { enrol, enrolmentSecretHash } from '../../../services/enrolment/enrol.ts';
import { createEnrolmentStore } from '../../../services/enrolment/storage.ts';
import { trustProxies } from '../peer.ts';
import { agentRoutes } from '../plugin.ts';

/** The agent's routes on a real database with virtual time, and members to knock at them. */
export interface AgentHouse {
  readonly database: TestDatabase;
  readonly clock: FakeClock;
  readonly app: FastifyInstance;
  readonly listener: Listener;
  /** Everything that was logged, at every level. */
  readonly logged: () => string;
  addMember(member?: Partial<NewMember>): Promise<TestMember>;
  addSecret(memberId: string, expiresIn?: string): Promise<string>;
  post(path: string, body: unknown, from?: string, token?: string, forwarded?: string): Promise<LightMyRequestResponse>;
  /** Virtual time goes on until everything heard so far is stored. */
  store(): Promise<void>;
  close(): Promise<void>;
}

export interface NewMember {
  readonly hostname: string;
  readonly allowedEgress: readonly string[];
  readonly template: string;
  readonly monitored: boolean;
  readonly poolId: PoolId;
}

export interface TestMember extends NewMember {
  readonly id: MemberId;
  readonly secret: string;
}

export interface HouseOptions {
  readonly attemptLimits?: BucketLimits;
  /** Real time, for what is about processes and not about a moment. */
  readonly realTime?: boolean;
  readonly trustedProxies?: readonly string[];
}

export const agentPeer = '198.51.100.7';

export async function openAgentHouse({
  attemptLimits,
  realTime = false,
  trustedProxies = [],
}: HouseOptions = {}): Promise<AgentHouse> {
  const database = await testDatabase();
  const clock = createFakeClock();
  const time = realTime ? systemClock : clock;
  const listener = createListener({
    ...livenessStorage(database.kysely, database.listen),
    clock: time,
    listenerId: newId(systemRandom),
    onClone: ({ memberId }) => void quarantineForBeats(database.kysely, memberId),
  });
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const app = Fastify({ logger: { level: 'trace', stream } });
  trustProxies(app, trustedProxies);
  const db = database.kysely;
  const enrolments = createEnrolmentStore(db);
  const sessions = createAgentSessions({
    keys: createKeyStore(db),
    members: createRegisteredMembers(db, database.listen),
    clock: time,
    random: systemRandom,
    listener,
    sessionKey: systemRandom.bytes(32),
    onFailure: (error) => app.log.warn({ err: error }, 'the members could not be read again'),
  });
  const urls = ['http://plane.example.com:7400'];
  await app.register(agentRoutes, {
    clock: time,
    listener,
    sessions,
    enrol: (request, context) => enrol({ enrolments, random: systemRandom, urls }, request, context),
    ...(attemptLimits && { attemptLimits }),
  });
  await app.ready();
  listener.start();
  return {
    database,
    clock,
    app,
    listener,
    logged: () => lines.join(''),
    addMember: (member) => addMember(database, member ?? {}),
    addSecret: (memberId, expiresIn) => addSecret(database, memberId, expiresIn),
    post: (url, body, from = agentPeer, token, forwarded) => post(app, url, body, { from, token, forwarded }),
    async store() {
      const stored = listener.flush();
      await clock.advance(paceLimits.urgentSpacingMs);
      await stored;
    },
    async close() {
      await app.close();
      await listener.stop();
      await database.close();
    },
  };
}

interface Sender {
  readonly from: string;
  readonly token: string | undefined;
  readonly forwarded: string | undefined;
}

function post(app: FastifyInstance, url: string, body: unknown, { from, token, forwarded }: Sender) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
  };
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return app.inject({ method: 'POST', url, payload, headers, remoteAddress: from });
}

async function addMember({ kysely }: TestDatabase, wish: Partial<NewMember>): Promise<TestMember> {
  const id = newId<MemberId>(systemRandom);
  const poolId = wish.poolId ?? newId<PoolId>(systemRandom);
  const {
    hostname = `${id}.example.com`,
    allowedEgress = [agentPeer],
    template = 'haproxy-balancer',
    monitored = true,
  } = wish;
  if (wish.poolId === undefined) {
    await sql`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback)
      VALUES (${poolId}, ${`pool ${poolId}`}, 'haproxy', 30000, 1000, '{}')`.execute(kysely);
  }
  await sql`INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority)
    VALUES (${id}, ${poolId}, ${hostname}, ${allowedEgress}, ${template}, ${monitored}, '{haproxy.service}', 100)`.execute(
    kysely,
  );
  const member = { id, poolId, hostname, allowedEgress, template, monitored };
  return { ...member, secret: await addSecret({ kysely }, id) };
}

async function addSecret(
  { kysely }: Pick<TestDatabase, 'kysely'>,
  memberId: string,
  expiresIn = '15 minutes',
): Promise<string> {
  const secret = Buffer.from(systemRandom.bytes(32)).toString('base64url');
  await sql`UPDATE enrollment SET replaced_at = now() WHERE member_id = ${memberId} AND used_at IS NULL AND replaced_at IS NULL`.execute(
    kysely,
  );
  await sql`INSERT INTO enrollment (id, member_id, secret_hash, expires_at)
    VALUES (${newId(systemRandom)}, ${memberId}, ${enrolmentSecretHash(secret)}, now() + ${expiresIn}::interval)`.execute(
    kysely,
  );
  return secret;
}
