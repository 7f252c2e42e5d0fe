import type { KeptPreflight, PreflightFinding, PreflightState, RecordType } from '@serverctl/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { busyStates } from '../../worker/preflight-period.ts';
import type { Database } from '../schema.ts';

export type PreflightRow = Selectable<Database['dns_preflight']>;

/** With the number of zones where a managed name uses the credential, and the first name of this one that became busy since. */
export type ShownPreflightRow = PreflightRow & { readonly zones: number; readonly busy_name: string | null };

/** What the last looks found (R23), by credential, in the order of zones; of zones only where a managed name uses the credential. */
export async function preflightsByCredential(
  db: Kysely<Database>,
): Promise<ReadonlyMap<string, readonly ShownPreflightRow[]>> {
  const rows = await db
    .selectFrom('dns_preflight')
    .selectAll()
    .select(
      sql<number>`(SELECT count(DISTINCT used.zone)::int FROM dns_binding AS used
        WHERE used.credential_id = dns_preflight.credential_id)`.as('zones'),
    )
    .select(
      sql<string | null>`(SELECT min(used.name) FROM dns_binding AS used
        WHERE used.credential_id = dns_preflight.credential_id AND used.zone = dns_preflight.zone
          AND used.state = ANY(${[...busyStates]}) AND used.changed_at > dns_preflight.checked_at)`.as('busy_name'),
    )
    .where(
      sql<boolean>`EXISTS (
        SELECT FROM dns_binding AS used
        WHERE used.credential_id = dns_preflight.credential_id AND used.zone = dns_preflight.zone)`,
    )
    .orderBy('zone')
    .execute();
  return Map.groupBy(rows, (row) => row.credential_id);
}

/** Without its times. */
export function keptOf(row: PreflightRow): KeptPreflight {
  const { code, message, remedy } = row;
  return {
    credentialId: row.credential_id,
    zone: row.zone,
    name: row.name,
    type: row.type as RecordType,
    state: row.state as PreflightState,
    trouble: code === null || message === null || remedy === null ? null : { code, message, remedy },
    findings: row.findings as readonly PreflightFinding[], // written by the preflight alone, in this form
    failures: row.failures,
    isTold: row.is_told,
  };
}
