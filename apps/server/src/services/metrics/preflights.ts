import { type Kysely, sql } from 'kysely';
import type { Database } from '../../db/schema.ts';
import { type PreflightPlace, preflightEverySeconds } from '../dns/preflight-view.ts';

/** What the last look at one credential in one zone found (R23). */
export interface PreflightReading {
  readonly credential: string;
  readonly zone: string;
  readonly isOk: boolean;
  readonly ageSeconds: number;
  /** So long at most until it is looked at again while calm. */
  readonly everySeconds: number;
}

/** Of zones only where a managed name uses the credential. */
export async function readPreflights(db: Kysely<Database>): Promise<readonly PreflightReading[]> {
  const { rows } = await sql<Omit<PreflightReading, 'everySeconds'> & PreflightPlace>`
    SELECT credential.name AS credential, credential.provider, look.zone,
      look.state <> 'failing' AS "isOk", look.state = 'failing' AS "isFailing",
      (SELECT count(DISTINCT used.zone)::int FROM dns_binding AS used WHERE used.credential_id = look.credential_id) AS zones,
      greatest(0, extract(epoch FROM clock_timestamp() - look.checked_at))::float8 AS "ageSeconds"
    FROM dns_preflight AS look JOIN dns_credential AS credential ON credential.id = look.credential_id
    WHERE EXISTS (
      SELECT FROM dns_binding AS used WHERE used.credential_id = look.credential_id AND used.zone = look.zone)`.execute(
    db,
  );
  return rows.map((row) => ({ ...row, everySeconds: preflightEverySeconds(row) }));
}
