import type { HaproxyTraffic } from '@serverctl/contract/agent';
import type { HostReport, MemberId } from '@serverctl/core';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Database } from '../../db/schema.ts';
import type { TestDatabase } from '../../db/testing.ts';
import { newId, systemRandom } from '../../platform/random.ts';
import type { Beat } from '../beat.ts';

export function reportOf(activeState: string): HostReport {
  const unit = {
    unit: 'haproxy.service',
    loadState: 'loaded',
    activeState,
    subState: 'running',
    job: null,
    answers: null,
  };
  return { units: [unit], packageLock: false };
}

export function trafficOf(sessions: number): HaproxyTraffic {
  return { version: '2.6.12', uptimeSeconds: 60, sessions, sessionRate: 4, requestRate: 30 };
}

export function beatOf(memberId: string, boot: number, seq: number, changes: Partial<Beat> = {}): Beat {
  return {
    memberId: memberId as MemberId,
    boot,
    seq,
    report: reportOf('active'),
    declaredIpv4: null,
    declaredIpv6: null,
    seenIp: '198.51.100.7',
    hostname: 'lb1.example.com',
    agentVersion: '0.1.0',
    refusal: null,
    traffic: null,
    tokenExpiresAtMs: 840_000,
    ...changes,
  };
}

/** A database that answers nothing at once and remembers every statement. */
export function stubDatabase(): { db: Kysely<Database>; statements: string[] } {
  const statements: string[] = [];
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    // The reported addresses are a path of their own, taken only when one changed.
    log: ({ query }) => void (query.sql.includes('reported_ipv') || statements.push(query.sql)),
  });
  return { db, statements };
}

/** A member with a pool of its own. */
export async function addMember({ kysely }: TestDatabase, publicIpv4: string | null = null): Promise<string> {
  const id = newId<MemberId>(systemRandom);
  await sql`WITH p AS (INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback)
      VALUES (${id}, ${id}, 'haproxy', 30000, 1000, '{}') RETURNING id)
    INSERT INTO member (id, pool_id, hostname, allowed_egress, public_ipv4, template, monitored, units, priority)
    SELECT ${id}, p.id, ${`${id}.example.com`}, '{0.0.0.0/0}', ${publicIpv4}::inet, 'haproxy-balancer', true, '{haproxy.service}', 100
    FROM p`.execute(kysely);
  return id;
}
