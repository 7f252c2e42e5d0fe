import { type Kysely, sql } from 'kysely';

/**
 * What the failover engine's brakes need: zones (R9), a person's release of R9 and R10, maintenance and pause (R13), quarantine (R35),
 * decisions that can be asked for (R14), epochs seen in marks (R25), acknowledgement by epoch (R11), a lease without a wall clock (R15).
 * Rows that were there keep their meaning.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const id = 'text COLLATE "C"';

/** 2^52: an epoch that is not counted exactly any more would make its row, and every list with it, unreadable. */
const epochBound = '4503599627370496';

/** From and until are kept both: a wall clock that was set back in between is recognised, and prolongs nothing by more than its length. */
const maintenance = (table: string) => `ALTER TABLE ${table}
    ADD COLUMN maintenance_from timestamptz,
    ADD COLUMN maintenance_until timestamptz,
    ADD COLUMN maintenance_reason text,
    ADD CONSTRAINT ${table}_maintenance_whole CHECK (
      (maintenance_from IS NULL) = (maintenance_until IS NULL)
      AND maintenance_from < maintenance_until
      AND (maintenance_reason IS NULL OR maintenance_until IS NOT NULL))`;

const statements = [
  maintenance('pool'),
  maintenance('member'),

  // Paused until a person resumes it (R13); the sentence says what was read. paused_epoch: the pool's own when it was paused.
  `ALTER TABLE pool
    ADD COLUMN paused_at timestamptz,
    ADD COLUMN paused_because text CHECK (paused_because IN ('person', 'foreign-mark', 'newer-epoch')),
    ADD COLUMN paused_sentence text,
    ADD COLUMN paused_epoch bigint,
    ADD COLUMN seen_epoch bigint NOT NULL DEFAULT 0 CHECK (seen_epoch >= 0 AND seen_epoch < ${epochBound}),
    ADD COLUMN acknowledged_epoch bigint NOT NULL DEFAULT 0 CHECK (acknowledged_epoch >= 0),
    ADD CONSTRAINT pool_epoch_exact CHECK (epoch < ${epochBound}),
    ADD CONSTRAINT pool_paused_whole CHECK (
      (paused_at IS NULL) = (paused_because IS NULL) AND (paused_at IS NULL) = (paused_sentence IS NULL)
      AND (paused_at IS NULL) = (paused_epoch IS NULL))`,
  // Whoever pauses a pool: what was promoted up to then waits with it.
  `CREATE FUNCTION keep_paused_epoch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.paused_at IS NULL THEN NEW.paused_epoch := NULL;
    ELSIF NEW.paused_epoch IS NULL THEN NEW.paused_epoch := NEW.epoch; END IF;
    RETURN NEW; END $$`,
  `CREATE TRIGGER pool_keep_paused_epoch BEFORE INSERT OR UPDATE ON pool FOR EACH ROW EXECUTE FUNCTION keep_paused_epoch()`,
  // Until now an acknowledgement was an instant: it meant every promotion up to then. Its column stays, since a process of the version before
  // that runs beside us during an upgrade writes it; nothing of this version reads or writes it.
  `UPDATE pool SET acknowledged_epoch = coalesce(
    (SELECT max(promotion.epoch) FROM promotion WHERE promotion.pool_id = pool.id AND decided_at <= pool.acknowledged_at), 0)
    WHERE acknowledged_at IS NOT NULL`,

  // boot_lines: which boots took over from each other, as far as a clone would show in them (R35).
  `ALTER TABLE member
    ADD COLUMN zone text NOT NULL DEFAULT 'unlabelled' CHECK (zone ~ '^[a-z0-9._-]{1,64}$'),
    ADD COLUMN boot_lines jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN quarantined_at timestamptz,
    ADD COLUMN quarantine_reason text,
    ADD CONSTRAINT member_quarantine_whole CHECK (quarantine_reason IS NULL OR quarantined_at IS NOT NULL)`,

  // unbraked: made outside of R9 and R10, which do not count it.
  `ALTER TABLE promotion
    ADD COLUMN unbraked boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT promotion_epoch_exact CHECK (epoch < ${epochBound}),
    DROP CONSTRAINT promotion_kind_check,
    ADD CONSTRAINT promotion_kind_check
      CHECK (kind IN ('failover', 'switchover', 'failback', 'first-publish', 'withdrawal', 'adoption'))`,

  // renewals: rises with each acquisition and renewal, so that a rival sees whether the holder lives without comparing any clocks.
  `ALTER TABLE lease ADD COLUMN renewals bigint NOT NULL DEFAULT 0`,
  // A process of the version before says only when it renewed. Without this, one that runs beside us during an upgrade would look dead.
  `CREATE FUNCTION count_renewal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.renewals = OLD.renewals AND NEW.renewed_at IS DISTINCT FROM OLD.renewed_at THEN NEW.renewals := OLD.renewals + 1; END IF;
    RETURN NEW; END $$`,
  `CREATE TRIGGER lease_count_renewal BEFORE UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION count_renewal()`,

  `ALTER TABLE dns_binding
    DROP CONSTRAINT dns_binding_state_check,
    ADD CONSTRAINT dns_binding_state_check
      CHECK (state IN ('idle', 'publishing', 'unknown-outcome', 'verifying', 'published', 'partial', 'blocked', 'drift'))`,

  // A judgement of the version before says less than readers ask now; the loop writes the next one within a second.
  'DELETE FROM pool_status',

  // decision: 30 days, and the one that was in force then; of each pool the newest 5,000. One row per change of a pool's decision (R14), and per pool and term. id: the
  // writer's, so that one that is sent twice is kept once.
  `CREATE TABLE decision (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id ${id} UNIQUE,
    pool_id ${id} NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decision jsonb NOT NULL,
    sentence text NOT NULL,
    evidence jsonb NOT NULL
  )`,
  `CREATE INDEX decision_pool_at ON decision (pool_id, at)`,

  // brake_release: 400 days. A person's release of R9 and R10; ended_at = taken back, or replaced by a later one.
  `CREATE TABLE brake_release (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until_at timestamptz NOT NULL CHECK (until_at > released_at),
    ended_at timestamptz,
    actor text NOT NULL,
    reason text NOT NULL
  )`,
  `CREATE INDEX brake_release_until ON brake_release (until_at)`,
  `CREATE TRIGGER brake_release_change AFTER INSERT OR UPDATE OR DELETE ON brake_release
    FOR EACH STATEMENT EXECUTE FUNCTION tell_pool_change()`,
];
