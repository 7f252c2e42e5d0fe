import { type Kysely, sql } from 'kysely';

/*
 * dns_credential: one kind of provider more. `secret` holds whatever the kind keeps write-only, a TSIG secret or an API token; the settings
 * say of which kind they are, and that is the row's, so that no secret is ever opened for another kind's adapter.
 */
const statements: readonly string[] = [
  `ALTER TABLE dns_credential DROP CONSTRAINT dns_credential_provider_check,
    ADD CONSTRAINT dns_credential_provider CHECK (provider IN ('cloudflare', 'rfc2136')),
    ADD CONSTRAINT dns_credential_settings_provider CHECK ((settings->>'provider' = provider) IS TRUE)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
