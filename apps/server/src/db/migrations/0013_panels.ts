import { type Kysely, sql } from 'kysely';

/** dns_credential: two kinds of provider more, the panels cPanel and WHM. What 0007 says of settings and secret holds for them as it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const kinds = `'cloudflare', 'rfc2136', 'cpanel', 'whm'`;
  const statement = `ALTER TABLE dns_credential DROP CONSTRAINT dns_credential_provider,
    ADD CONSTRAINT dns_credential_provider CHECK (provider IN (${kinds}))`;
  await sql.raw(statement).execute(db);
}
