import { ProviderSettings } from '@serverctl/contract';
import type { CredentialRow } from '../../db/repositories/credentials.ts';
import type { SecretBox } from '../../platform/secrets.ts';

/** A credential's settings as stored. They go through the schema, which lets nothing pass that it does not name: no secret that strayed. */
export function settingsOf(row: Pick<CredentialRow, 'settings'>): ProviderSettings {
  return ProviderSettings.parse(row.settings);
}

/** Where a credential's envelope belongs: it opens nowhere else (R38). */
export function secretPlace(id: string, version: number) {
  return { table: 'dns_credential', row: id, column: 'secret', version };
}

export function openSecret(secrets: SecretBox, row: CredentialRow): string {
  return secrets.open(row.secret, secretPlace(row.id, row.version));
}
