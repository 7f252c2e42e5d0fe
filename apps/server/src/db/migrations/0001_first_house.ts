import { type Kysely, sql } from 'kysely';

/**
 * The tables of one true line: pools, members and their keys, DNS, promotions, what happened. Retention is said beside each table.
 * `member_liveness`, `listener` and `pool_status` are UNLOGGED: caches that may vanish with a crash and are written again within a second.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const id = 'text COLLATE "C"';

const statements = [
  // setting: for ever. One row per key; instance id, administrator token hash, …
  `CREATE TABLE setting (key text PRIMARY KEY, value jsonb NOT NULL, changed_at timestamptz NOT NULL DEFAULT now())`,

  // pool: until removed.
  `CREATE TABLE pool (
    id ${id} PRIMARY KEY,
    name text NOT NULL,
    preset text NOT NULL CHECK (preset IN ('haproxy', 'generic')),
    failover_delay_ms integer NOT NULL CHECK (failover_delay_ms BETWEEN 10000 AND 120000),
    haproxy_grace_ms integer NOT NULL CHECK (haproxy_grace_ms BETWEEN 0 AND 30000),
    automatic_failover boolean NOT NULL DEFAULT false,
    failback jsonb NOT NULL,
    active_member_id ${id},
    epoch bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    held_at timestamptz,
    acknowledged_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (active_member_id IS NULL OR epoch > 0)
  )`,
  `CREATE UNIQUE INDEX pool_name_key ON pool (lower(name))`,

  // member: until removed; a removed one keeps its row (removed_at) so that history can name it.
  `CREATE TABLE member (
    id ${id} PRIMARY KEY,
    pool_id ${id} NOT NULL REFERENCES pool (id),
    hostname text NOT NULL CHECK (hostname = lower(hostname)),
    previous_hostname text,
    previous_hostname_until timestamptz,
    allowed_egress text[] NOT NULL CHECK (cardinality(allowed_egress) > 0),
    public_ipv4 inet CHECK (family(public_ipv4) = 4 AND masklen(public_ipv4) = 32),
    reported_ipv4 inet CHECK (family(reported_ipv4) = 4 AND masklen(reported_ipv4) = 32),
    template text NOT NULL CHECK (template IN ('haproxy-balancer', 'linux-server')),
    monitored boolean NOT NULL,
    units text[] NOT NULL CHECK (cardinality(units) > 0),
    priority integer NOT NULL CHECK (priority BETWEEN 1 AND 10000),
    last_boot bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    UNIQUE (pool_id, id)
  )`,
  `CREATE UNIQUE INDEX member_hostname_key ON member (hostname) WHERE removed_at IS NULL`,
  // Two members behind one address cannot be told apart in DNS, whoever said the address.
  `CREATE UNIQUE INDEX member_public_ipv4_key ON member (coalesce(public_ipv4, reported_ipv4)) WHERE removed_at IS NULL`,
  // A member of another pool can never become active here (R20).
  `ALTER TABLE pool ADD CONSTRAINT pool_active_member_fkey FOREIGN KEY (id, active_member_id) REFERENCES member (pool_id, id)`,

  // member_key: until 90 days after revocation.
  `CREATE TABLE member_key (
    id ${id} PRIMARY KEY,
    member_id ${id} NOT NULL REFERENCES member (id),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  )`,
  `CREATE UNIQUE INDEX member_key_current ON member_key (member_id) WHERE revoked_at IS NULL`,

  // enrollment: 30 days after it was used or expired. One open secret per member; only its hash is here (R34).
  `CREATE TABLE enrollment (
    id ${id} PRIMARY KEY,
    member_id ${id} NOT NULL REFERENCES member (id),
    secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    replaced_at timestamptz
  )`,
  `CREATE UNIQUE INDEX enrollment_open ON enrollment (member_id) WHERE used_at IS NULL AND replaced_at IS NULL`,

  // member_liveness: the last word of each member, replaced by the next. change_no is the reader's cursor.
  `CREATE SEQUENCE liveness_change`,
  `CREATE UNLOGGED TABLE member_liveness (
    member_id ${id} PRIMARY KEY,
    listener_id text NOT NULL,
    boot bigint NOT NULL,
    seq bigint NOT NULL,
    heard_at_ms double precision NOT NULL,
    heard_at timestamptz NOT NULL,
    report jsonb NOT NULL,
    declared_ipv4 text,
    seen_ip text NOT NULL,
    hostname text NOT NULL,
    agent_version text NOT NULL,
    refusal jsonb,
    change_no bigint NOT NULL
  )`,
  `CREATE INDEX member_liveness_change ON member_liveness (change_no)`,
  // listener: one row per process that hears agents; rows unwritten for a day go.
  `CREATE UNLOGGED TABLE listener (id text PRIMARY KEY, watermark_ms double precision NOT NULL, written_at timestamptz NOT NULL)`,
  // pool_status: the last judgement, for readers.
  `CREATE UNLOGGED TABLE pool_status (pool_id ${id} PRIMARY KEY, judgement jsonb NOT NULL, evidence jsonb NOT NULL, frozen_ticks bigint NOT NULL, at timestamptz NOT NULL)`,

  // dns_credential: until removed. secret is an AES-256-GCM envelope (R38); version is part of its AAD and of the provider cache's key.
  `CREATE TABLE dns_credential (
    id ${id} PRIMARY KEY,
    name text NOT NULL,
    provider text NOT NULL CHECK (provider IN ('rfc2136')),
    settings jsonb NOT NULL,
    secret bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX dns_credential_name_key ON dns_credential (lower(name))`,

  // dns_binding: until released. A name is unique over all pools.
  `CREATE TABLE dns_binding (
    id ${id} PRIMARY KEY,
    pool_id ${id} NOT NULL REFERENCES pool (id),
    name text NOT NULL UNIQUE CHECK (name = lower(name)),
    zone text NOT NULL CHECK (zone = lower(zone)),
    type text NOT NULL DEFAULT 'A' CHECK (type = 'A'),
    ttl_seconds integer NOT NULL CHECK (ttl_seconds BETWEEN 1 AND 86400),
    credential_id ${id} NOT NULL REFERENCES dns_credential (id),
    take_over boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'idle' CHECK (state IN ('idle', 'publishing', 'unknown-outcome', 'verifying', 'published', 'partial', 'blocked')),
    published_epoch bigint NOT NULL DEFAULT 0,
    published_address inet,
    servers jsonb NOT NULL DEFAULT '[]',
    error jsonb,
    changed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (name = zone OR name LIKE '%.' || zone)
  )`,

  // promotion, promotion_evidence: 400 days.
  `CREATE TABLE promotion (
    id ${id} PRIMARY KEY,
    pool_id ${id} NOT NULL REFERENCES pool (id),
    epoch bigint NOT NULL CHECK (epoch > 0),
    kind text NOT NULL CHECK (kind IN ('failover', 'switchover', 'failback', 'first-publish')),
    cause text NOT NULL,
    from_member_id ${id} REFERENCES member (id),
    to_member_id ${id} NOT NULL REFERENCES member (id),
    address inet NOT NULL CHECK (family(address) = 4 AND masklen(address) = 32),
    sentence text NOT NULL,
    actor text NOT NULL,
    reason text,
    last_heartbeat_at timestamptz,
    detected_at timestamptz,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (pool_id, epoch)
  )`,
  `CREATE INDEX promotion_pool_decided ON promotion (pool_id, decided_at DESC)`,
  `CREATE TABLE promotion_evidence (promotion_id ${id} PRIMARY KEY REFERENCES promotion (id) ON DELETE CASCADE, evidence jsonb NOT NULL, decision jsonb NOT NULL)`,
  // promotion_step: with its promotion. The measured points of the timeline, per managed name.
  `CREATE TABLE promotion_step (
    promotion_id ${id} NOT NULL REFERENCES promotion (id) ON DELETE CASCADE,
    step text NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (promotion_id, step, name)
  )`,

  // event: 90 days.
  `CREATE TABLE event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    pool_id ${id},
    member_id ${id},
    sentence text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
  )`,
  `CREATE INDEX event_pool ON event (pool_id, seq)`,

  // audit_entry: 400 days, append-only (R41). Written in the transaction of the change; a sealer chains it later.
  `CREATE TABLE audit_entry (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    pool_id ${id},
    reason text,
    request_id text,
    details jsonb NOT NULL DEFAULT '{}'
  )`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_entry is append-only (R41)'; END $$`,
  `CREATE TRIGGER audit_entry_append_only BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  `CREATE TRIGGER audit_entry_retained BEFORE DELETE ON audit_entry FOR EACH ROW WHEN (OLD.at > now() - interval '400 days') EXECUTE FUNCTION refuse_change()`,
  `CREATE TRIGGER audit_entry_not_truncated BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,

  // lease: one row per name, for ever. Times are compared here, in PostgreSQL, only (R15).
  `CREATE TABLE lease (name text PRIMARY KEY, holder text, term bigint NOT NULL DEFAULT 0, renewed_at timestamptz)`,

  // notification_channel: until removed. The URL may carry a token, so it is an envelope too (R38); shown by its origin only.
  `CREATE TABLE notification_channel (
    id ${id} PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('webhook')),
    origin text NOT NULL,
    secret bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,

  // One channel of change notices for everything a decision may use: the loop reads what changed (ARCHITECTURE.md, one path).
  `CREATE FUNCTION tell_pool_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('pool_change', ''); RETURN NULL; END $$`,
  ...['pool', 'member', 'member_key', 'dns_binding', 'dns_credential'].map(
    (table) =>
      `CREATE TRIGGER ${table}_change AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION tell_pool_change()`,
  ),
  `CREATE FUNCTION tell_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('event', ''); RETURN NULL; END $$`,
  `CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_event()`,
];
