import { type Kysely, sql } from 'kysely';

/*
 * dns_preflight: what the last look at a credential in a zone found (R23). One row for each zone where a managed name uses the credential;
 * it goes with the credential, or when no name there uses it any more. `is_told`: people were told of the trouble and not yet of its end.
 */
const statements: readonly string[] = [
  `CREATE TABLE dns_preflight (
    credential_id text COLLATE "C" NOT NULL REFERENCES dns_credential (id) ON DELETE CASCADE,
    zone text NOT NULL CHECK (zone = lower(zone)),
    name text NOT NULL CHECK (name = lower(name)),
    type text NOT NULL CHECK (type IN ('A', 'AAAA')),
    state text NOT NULL CHECK (state IN ('ok', 'limited', 'failing')),
    code text,
    message text,
    remedy text,
    findings jsonb NOT NULL DEFAULT '[]',
    failures integer NOT NULL CHECK (failures >= 0),
    is_told boolean NOT NULL,
    checked_at timestamptz NOT NULL,
    ok_at timestamptz,
    failing_since timestamptz,
    PRIMARY KEY (credential_id, zone),
    CONSTRAINT dns_preflight_trouble CHECK (
      (state = 'failing') = (failures > 0) AND (state = 'failing') = (failing_since IS NOT NULL)
      AND (state = 'failing') = (code IS NOT NULL AND message IS NOT NULL AND remedy IS NOT NULL)
      AND (state = 'failing' OR NOT is_told))
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
