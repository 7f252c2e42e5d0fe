import {
  type BindingId,
  type DnsName,
  endOfUnused,
  type PreflightLook,
  type PreflightState,
  type RecordType,
  settlePreflight,
} from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PublicationState } from '../../worker/ports.ts';
import type { LastLook, PreflightName, PreflightStore, PreflightSubject } from '../../worker/preflight-ports.ts';
import { writeEvent } from '../repositories/events.ts';
import { keptOf } from '../repositories/preflights.ts';
import type { Database } from '../schema.ts';
import { fencedTransaction } from './fenced.ts';

/** What is kept of credentials that are tried in calm (R23), in PostgreSQL. */
export function createPreflightStore(kysely: Kysely<Database>): PreflightStore {
  return {
    subjects: (only) => readSubjects(kysely, only ?? null),
    record: (look, fence) =>
      fencedTransaction(kysely, fence, async (trx, assertFenced) => {
        const state = await recordLook(trx, look);
        await assertFenced();
        return state;
      }),
    async forgetUnused(fence) {
      // Hardly ever is there one: nobody takes the lease's row for nothing.
      const unused = await kysely.selectFrom('dns_preflight').select('zone').where(isUnused).limit(1).execute();
      if (unused.length === 0) return;
      await fencedTransaction(kysely, fence, async (trx, assertFenced) => {
        await forget(trx);
        await assertFenced();
      });
    },
  };
}

const isUnused = sql<boolean>`NOT EXISTS (
  SELECT FROM dns_binding AS used
  WHERE used.credential_id = dns_preflight.credential_id AND used.zone = dns_preflight.zone)`;

async function readSubjects(
  db: Kysely<Database>,
  only: Pick<PreflightSubject, 'credentialId' | 'zone'> | null,
): Promise<readonly PreflightSubject[]> {
  let query = db
    .selectFrom('dns_binding as b')
    .innerJoin('dns_credential as c', 'c.id', 'b.credential_id')
    .leftJoin('dns_preflight as p', (join) =>
      join.onRef('p.credential_id', '=', 'b.credential_id').onRef('p.zone', '=', 'b.zone'),
    )
    .select(['b.id', 'b.name', 'b.type', 'b.zone', 'b.ttl_seconds', 'b.proxied', 'b.state', 'b.published_epoch'])
    .select(['c.id as credential_id', 'c.name as credential', 'c.version'])
    .select(['p.name as last_name', 'p.type as last_type', 'p.state as last_state'])
    .select(sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - p.checked_at) * 1000)::float8`.as('ago_ms'))
    .orderBy('b.name')
    .orderBy('b.type');
  if (only !== null) query = query.where('b.credential_id', '=', only.credentialId).where('b.zone', '=', only.zone);
  const rows = await query.execute();
  return [...Map.groupBy(rows, (row) => `${row.credential_id} ${row.zone}`).values()].flatMap((names) => {
    const [first] = names;
    return first === undefined ? [] : [{ ...subjectOf(first), names: names.map(nameOf) }];
  });
}

interface SubjectRow {
  readonly credential_id: string;
  readonly credential: string;
  readonly version: number;
  readonly zone: string;
  readonly last_name: string | null;
  readonly last_type: string | null;
  readonly last_state: string | null;
  readonly ago_ms: number;
}

function subjectOf(row: SubjectRow): Omit<PreflightSubject, 'names'> {
  const { credential_id: credentialId, credential, version } = row;
  return { credentialId, credential, version, zone: row.zone as DnsName, last: lastOf(row) };
}

function lastOf({ last_name: name, last_type: type, last_state: state, ago_ms: agoMs }: SubjectRow): LastLook | null {
  return name === null ? null : { name, type: type as RecordType, isFailing: state === 'failing', agoMs };
}

interface NameRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly ttl_seconds: number;
  readonly proxied: boolean | null;
  readonly state: string;
  readonly published_epoch: number;
}

function nameOf(row: NameRow): PreflightName {
  return {
    bindingId: row.id as BindingId,
    name: row.name as DnsName,
    type: row.type as RecordType,
    ttlSeconds: row.ttl_seconds,
    proxied: row.proxied,
    state: row.state as PublicationState,
    isPublished: row.published_epoch > 0,
  };
}

/** The row's lock is held from its reading on: two that record at once tell of one turn once. Null = nothing is kept. */
async function recordLook(trx: Transaction<Database>, look: PreflightLook): Promise<PreflightState | null> {
  const { credentialId, zone } = look;
  const before = await trx
    .selectFrom('dns_preflight')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .where('zone', '=', zone)
    .forUpdate()
    .executeTakeFirst();
  const names = await trx
    .selectFrom('dns_binding')
    .select(['name', 'type'])
    .where('credential_id', '=', credentialId)
    .where('zone', '=', zone)
    .execute();
  if (names.length === 0) return null; // released while it was looked at
  const managed = new Set(names.map(({ name, type }) => `${name} ${type}`));
  const settled = settlePreflight(before === undefined ? null : keptOf(before), look, ({ name, type }) =>
    managed.has(`${name} ${type}`),
  );
  const { name, type, state, trouble, findings, failures, isTold } = settled.kept;
  const now = sql<Date>`clock_timestamp()`;
  const isFailing = state === 'failing';
  const change = {
    name,
    type,
    state,
    code: trouble?.code ?? null,
    message: trouble?.message ?? null,
    remedy: trouble?.remedy ?? null,
    findings: JSON.stringify(findings),
    failures,
    is_told: isTold,
    checked_at: now,
    ok_at: isFailing ? (before?.ok_at ?? null) : now,
    failing_since: isFailing ? (before?.failing_since ?? now) : null,
  };
  await trx
    .insertInto('dns_preflight')
    .values({ credential_id: credentialId, zone, ...change })
    .onConflict((conflict) => conflict.columns(['credential_id', 'zone']).doUpdateSet(change))
    .execute();
  if (settled.notice !== null) await writeEvent(trx, settled.notice);
  return state;
}

async function forget(trx: Transaction<Database>): Promise<void> {
  const dropped = await trx.deleteFrom('dns_preflight').where(isUnused).returningAll().execute();
  for (const row of dropped) {
    const { name } = await trx
      .selectFrom('dns_credential')
      .select('name')
      .where('id', '=', row.credential_id)
      .executeTakeFirstOrThrow();
    const notice = endOfUnused(keptOf(row), name);
    if (notice !== null) await writeEvent(trx, notice);
  }
}
