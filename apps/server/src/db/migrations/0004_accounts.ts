import { type Kysely, sql } from 'kysely';

/**
 * Accounts, roles, sessions, API tokens (R39), the audit log's chain (R41), and what channels need to be chosen by event and pool and to
 * be delivered to more than once. Channels that were there keep getting everything.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const id = 'text COLLATE "C"';

const statements = [
  // user: until removed; audit entries keep the name. Without a password nobody signs in as it.
  `CREATE TABLE "user" (
    id ${id} PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text,
    password_changed_at timestamptz,
    totp_secret bytea,
    totp_version integer NOT NULL DEFAULT 0,
    totp_confirmed_at timestamptz,
    totp_last_step bigint NOT NULL DEFAULT 0,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL)
  )`,
  // role_grant: with its user or its pool. pool_id null = everywhere.
  `CREATE TABLE role_grant (
    user_id ${id} NOT NULL REFERENCES "user" ON DELETE CASCADE,
    pool_id ${id} REFERENCES pool ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'administrator')),
    UNIQUE NULLS NOT DISTINCT (user_id, pool_id)
  )`,
  // recovery_code: with its user. SHA-256 of 80 bits of chance; used once.
  `CREATE TABLE recovery_code (
    user_id ${id} NOT NULL REFERENCES "user" ON DELETE CASCADE,
    code_sha256 bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, code_sha256)
  )`,
  // session: until it expires, is revoked, or its user goes. The token itself is nowhere but with its holder (I16).
  `CREATE TABLE session (
    id ${id} PRIMARY KEY,
    user_id ${id} NOT NULL REFERENCES "user" ON DELETE CASCADE,
    token_sha256 bytea NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('browser', 'command-line')),
    peer text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    stepped_up_at timestamptz,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX session_of_user ON session (user_id)`,
  // sign_in_place: with its user; 30 d after the last sign-in from there. An IPv4 address or an IPv6 /64.
  `CREATE TABLE sign_in_place (
    user_id ${id} NOT NULL REFERENCES "user" ON DELETE CASCADE,
    place text NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, place)
  )`,
  // api_token: until revoked or a year after it expired. pool_ids null = every pool of its maker. user_id null = made on the host itself.
  `CREATE TABLE api_token (
    id ${id} PRIMARY KEY,
    name text NOT NULL,
    token_sha256 bytea NOT NULL UNIQUE,
    user_id ${id} REFERENCES "user" ON DELETE CASCADE,
    permissions text[] NOT NULL CHECK (cardinality(permissions) > 0),
    pool_ids text[],
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    last_used_from text
  )`,
  // invitation: 30 d after its end. One use, consumed by one atomic update. \`setup\` makes the first administrator (R44), \`reset\` a new password.
  `CREATE TABLE invitation (
    id ${id} PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('setup', 'invitation', 'reset')),
    secret_sha256 bytea NOT NULL UNIQUE,
    email text CHECK (email = lower(email)),
    grants jsonb NOT NULL DEFAULT '[]',
    user_id ${id} REFERENCES "user" ON DELETE CASCADE,
    ends_two_factor boolean NOT NULL DEFAULT false,
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK ((kind = 'reset') = (user_id IS NOT NULL)),
    CHECK (kind = 'reset' OR NOT ends_two_factor)
  )`,

  // audit_seal: for ever. The chain over audit_entry in the order of sealing (R41); an entry that retention removed leaves its seal, so that
  // the chain stays whole. The seal keeps the entry's time under its own hash: otherwise a seal could be made old, and its entry be taken
  // out as if retention had.
  `CREATE TABLE audit_seal (
    position bigint PRIMARY KEY CHECK (position > 0),
    seq bigint NOT NULL UNIQUE,
    entry_at timestamptz NOT NULL,
    entry_mac bytea NOT NULL CHECK (length(entry_mac) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE FUNCTION refuse_seal_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_seal is append-only (R41)'; END $$`,
  `CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_seal_change()`,
  `CREATE TRIGGER audit_seal_not_truncated BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_seal_change()`,
  `CREATE FUNCTION tell_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('audit', ''); RETURN NULL; END $$`,
  `CREATE TRIGGER audit_told AFTER INSERT ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION tell_audit()`,
  `CREATE INDEX audit_entry_pool ON audit_entry (pool_id, seq)`,

  // notification_channel: which events and pools it is told of; kinds and pool_ids null = all. The secret's envelope holds all that is secret.
  `ALTER TABLE notification_channel DROP CONSTRAINT notification_channel_kind_check`,
  `ALTER TABLE notification_channel
    ADD CONSTRAINT notification_channel_kind_check CHECK (kind IN ('webhook', 'slack', 'email')),
    ADD COLUMN name text,
    ADD COLUMN least_severity text NOT NULL DEFAULT 'info' CHECK (least_severity IN ('info', 'warning', 'critical')),
    ADD COLUMN kinds text[],
    ADD COLUMN pool_ids text[],
    ADD COLUMN disabled_at timestamptz`,
  `UPDATE notification_channel SET name = origin`,
  `ALTER TABLE notification_channel ALTER COLUMN name SET NOT NULL`,
  // notification_delivery: 30 d. One notice on its way to one channel, and how it went. seq is the order in which they were queued, whatever
  // a wall clock did meanwhile. thread: what a trouble and its end share. pause: how far ahead next_attempt_at was set.
  `CREATE TABLE notification_delivery (
    id ${id} PRIMARY KEY,
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    channel_id ${id} NOT NULL REFERENCES notification_channel ON DELETE CASCADE,
    kind text NOT NULL,
    severity text NOT NULL,
    thread text,
    notice jsonb NOT NULL,
    happened_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    answer text,
    created_at timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz,
    pause interval NOT NULL DEFAULT '0 s',
    finished_at timestamptz
  )`,
  `CREATE INDEX notification_delivery_channel ON notification_delivery (channel_id, created_at)`,
  `CREATE INDEX notification_delivery_thread ON notification_delivery (channel_id, thread, seq) WHERE thread IS NOT NULL`,
  `CREATE INDEX notification_delivery_pending ON notification_delivery (next_attempt_at) WHERE state = 'pending'`,
  // What people were told last of a thread is looked up by whoever begins to lead (pool-store/open-troubles.ts).
  `CREATE INDEX event_kind ON event (kind, seq)`,
];
