import { hourMs, type MemberId, type PoolId, type PromotionId, type PromotionKind } from '@serverctl/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Maintenance, PoolWithMembers, PresentPromotion, RecentPromotion } from '../../worker/ports.ts';
import { maintenanceStamp, maintenanceStatedMs } from '../repositories/maintenance.ts';
import { type MemberRow, memberWithAddress } from '../repositories/members.ts';
import { poolColumns, poolOf } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { bindingColumns, memberColumns, toBinding } from './rows.ts';

/*
 * All pools with what a decision needs, as they were at one moment: one statement, so that no member stands without its pool. They are read
 * after each change of any of them, so what one pool says is one text, and as long as its digest is the one that we have it is neither sent nor
 * parsed nor made anew: whoever judged these very objects need not do so again (worker/judges.ts). What grows by time alone comes beside it.
 */

/** Returns the reader. What it keeps is what each pool said last. */
export function createPoolsReader(kysely: Kysely<Database>): () => Promise<readonly PoolWithMembers[]> {
  let known: ReadonlyMap<string, Said> = new Map();
  return async () => {
    const before = known;
    const { rows } = await statementWith([...before.keys()]).execute(kysely);
    const read = rows.map((row) => ({ row, said: saidBy(row, before) }));
    known = new Map(read.map(({ row, said }) => [row.digest, said]));
    return read.map(({ row, said }) => withAges(said, row));
  };
}

function saidBy({ id, digest, said }: PoolRow, known: ReadonlyMap<string, Said>): Said {
  const present = said === null ? known.get(digest) : saidOf(said);
  if (present === undefined) throw new Error(`pool ${id} was left out, and nobody knows ${digest}`);
  return present;
}

/** A pool as the statement reads it: what it says, and the ages of that, in the same order. */
interface PoolRow {
  readonly id: PoolId;
  /** Of what it says, its id included. */
  readonly digest: string;
  /** Null = what was said before under this digest. */
  readonly said: string | null;
  readonly left_ms: number | null;
  readonly member_ages: readonly MemberAge[];
  /** In ms; below zero: the server's wall clock stands before it. */
  readonly promotion_ages: readonly number[];
}

interface MemberAge {
  readonly key_ms: number | null;
  readonly left_ms: number | null;
}

/** What the text says, as the loop knows it. */
interface Said {
  readonly facts: Pick<PoolWithMembers, 'pool' | 'members' | 'bindings' | 'present' | 'quarantined'>;
  readonly stamp: string | null;
  readonly memberStamps: readonly (string | null)[];
  readonly promotions: readonly PromotionRow[];
}

/** The text, parsed: the columns that are in it and no more. Dates are told by whether there is one. */
interface SaidRow {
  readonly pool: Parameters<typeof poolOf>[0];
  readonly stamp: string | null;
  readonly members: readonly SaidMember[];
  readonly bindings: readonly Pick<Selectable<Database['dns_binding']>, (typeof bindingColumns)[number]>[];
  readonly promotions: readonly PromotionRow[];
}

/** Of a member's row the text has more than `toMember` needs. */
export const saidMemberColumns = [...memberColumns, 'reported_ipv4', 'reported_ipv6', 'quarantined_at'] as const;

interface SaidMember extends Omit<Pick<MemberRow, (typeof saidMemberColumns)[number]>, 'quarantined_at'> {
  readonly quarantined_at: string | null;
  readonly stamp: string | null;
}

interface PromotionRow {
  readonly id: string;
  readonly epoch: number;
  readonly kind: string;
  readonly from_member_id: string | null;
  readonly address: string | null;
  readonly address6: string | null;
  readonly unbraked: boolean;
  readonly acknowledged: boolean;
}

type AgedRow = PromotionRow & { readonly ageMs: number };

function saidOf(text: string): Said {
  const { pool, stamp, members, bindings, promotions } = JSON.parse(text) as SaidRow;
  const quarantined = members.filter((member) => member.quarantined_at !== null);
  return {
    facts: {
      pool: poolOf(pool),
      members: members.map(memberWithAddress),
      bindings: bindings.map(toBinding),
      present: presentOf(promotions.find(({ epoch }) => epoch === pool.epoch)),
      quarantined: new Set(quarantined.map(({ id }) => id as MemberId)),
    },
    stamp,
    memberStamps: members.map((member) => member.stamp),
    promotions,
  };
}

function withAges({ facts, stamp, memberStamps, promotions }: Said, row: PoolRow): PoolWithMembers {
  const { members } = facts;
  const recent = promotions.map((promotion, index) => ({ ...promotion, ageMs: row.promotion_ages[index] ?? 0 }));
  return {
    ...facts,
    enrolledForMs: perMember(members, (index) => row.member_ages[index]?.key_ms ?? null),
    recentPromotions: withKnownAge(recent).map(recentOf),
    maintenance: maintenanceOf(row.left_ms, stamp),
    memberMaintenance: perMember(members, (index) =>
      maintenanceOf(row.member_ages[index]?.left_ms ?? null, memberStamps[index] ?? null),
    ),
  };
}

function maintenanceOf(leftMs: number | null, stamp: string | null): Maintenance | null {
  return leftMs === null || stamp === null ? null : { stamp, leftMs };
}

function perMember<Value>(
  members: PoolWithMembers['members'],
  measure: (index: number) => Value | null,
): ReadonlyMap<MemberId, Value> {
  const values = new Map<MemberId, Value>();
  for (const [index, { id }] of members.entries()) {
    const value = measure(index);
    if (value !== null) values.set(id, value);
  }
  return values;
}

/** One that was made before one of the future is older than that, and so of unknown age as well: only the newest one is told without. */
function withKnownAge(newestFirst: readonly AgedRow[]): readonly AgedRow[] {
  const future = newestFirst.findIndex((row) => row.ageMs < 0);
  return future === -1 ? newestFirst : newestFirst.slice(0, Math.max(1, future));
}

function recentOf({ epoch, ageMs, kind, acknowledged, unbraked }: AgedRow): RecentPromotion {
  return { epoch, ageMs: ageMs < 0 ? null : ageMs, kind: kind as PromotionKind, acknowledged, unbraked };
}

function presentOf(row: PromotionRow | undefined): PresentPromotion | null {
  if (row === undefined) return null;
  return {
    id: row.id as PromotionId,
    kind: row.kind as PromotionKind,
    from: row.from_member_id as MemberId | null,
    addresses: { ipv4: row.address, ipv6: row.address6 },
  };
}

const ageMs = (column: string) =>
  sql<number>`extract(epoch FROM clock_timestamp() - ${sql.ref(column)})::float8 * 1000`;
const columnsOf = (table: string, columns: readonly string[]) =>
  sql.join(columns.map((column) => sql.ref(`${table}.${column}`)));

/** Below zero is no age of a key: the server's wall clock may have been set back. */
const keyAgeMs = sql`CASE WHEN key.member_id IS NOT NULL THEN greatest(0, ${ageMs('key.enrolled_at')}) END`;

const members = sql`
  SELECT pool_id, json_agg(said ORDER BY id) AS said, json_agg(ages ORDER BY id) AS ages
  FROM (
    SELECT member.id, member.pool_id, json_build_object('key_ms', ${keyAgeMs}, 'left_ms', ${maintenanceStatedMs}) AS ages,
      (SELECT row_to_json(own) FROM (
        SELECT ${columnsOf('member', saidMemberColumns)},
          ${maintenanceStamp} AS stamp, key.member_id IS NOT NULL AS has_key) AS own) AS said
    FROM member LEFT JOIN member_key AS key ON key.member_id = member.id AND key.revoked_at IS NULL
    WHERE removed_at IS NULL) AS each_member
  GROUP BY pool_id`;

const bindings = sql`
  SELECT pool_id, json_agg(row_to_json(own) ORDER BY id) AS said
  FROM (SELECT ${columnsOf('dns_binding', bindingColumns)} FROM dns_binding) AS own
  GROUP BY pool_id`;

/** More than R11 and dynamic DNS promote by themselves in an hour, and what people may do besides. A clock set back reads no more of a history. */
const readPerPool = 30;

/**
 * Of each pool's newest ones by epoch those of the last hour, or of the future, and the newest one, which made the present epoch. By epoch
 * and not by time: that is the order in which they were made, whatever a clock says, and one walk of an index that ends soon.
 */
const promotions = sql`
  SELECT json_agg(row_to_json(own) ORDER BY own.epoch DESC) AS said, json_agg(age_ms ORDER BY own.epoch DESC) AS ages
  FROM (SELECT * FROM promotion WHERE pool_id = pool.id ORDER BY epoch DESC LIMIT ${sql.lit(readPerPool)}) AS p
  CROSS JOIN LATERAL (SELECT p.id, p.epoch, p.kind, p.from_member_id, p.address, p.address6, p.unbraked,
    p.epoch <= pool.acknowledged_epoch AS acknowledged) AS own
  CROSS JOIN LATERAL (SELECT ${ageMs('p.decided_at')} AS age_ms) AS age
  WHERE p.epoch = pool.epoch OR p.decided_at > clock_timestamp() - ${sql.lit(`${hourMs} ms`)}::interval`;

const each = sql`
  SELECT pool.id, ${maintenanceStatedMs} AS left_ms,
    json_build_object(
      'pool', (SELECT row_to_json(own) FROM (SELECT ${columnsOf('pool', poolColumns)}) AS own), 'stamp', ${maintenanceStamp},
      'members', coalesce(m.said, '[]'), 'bindings', coalesce(b.said, '[]'), 'promotions', coalesce(p.said, '[]'))::text AS said,
    coalesce(m.ages, '[]') AS member_ages, coalesce(p.ages, '[]') AS promotion_ages
  FROM pool LEFT JOIN (${members}) AS m ON m.pool_id = pool.id LEFT JOIN (${bindings}) AS b ON b.pool_id = pool.id
    CROSS JOIN LATERAL (${promotions}) AS p
  OFFSET 0`;

/** `known`: digests of what need not be sent again. */
const statementWith = (known: readonly string[]) => sql<PoolRow>`
  SELECT id, digest, CASE WHEN digest = ANY(${known}::text[]) THEN NULL ELSE said END AS said, left_ms, member_ages, promotion_ages
  FROM (SELECT *, encode(sha256(convert_to(said, 'UTF8')), 'base64') AS digest FROM (${each}) AS each_pool OFFSET 0) AS digested
  ORDER BY id`;
