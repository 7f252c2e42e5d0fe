import { SelectField, TextField } from '../../ui/field.tsx';
import type { CredentialChoice } from './credential-choice.ts';
import { type NameSettings, proxiedChoices, ttlProblem } from './name-draft.ts';

interface Props {
  readonly credentials: readonly CredentialChoice[];
  readonly draft: NameSettings;
  readonly onChange: (change: Partial<NameSettings>) => void;
}

/** Which credential writes the name; a proxy is wished only where the provider has one. */
export function CredentialField({ credentials, draft, onChange }: Props) {
  return (
    <SelectField
      label="Credential"
      value={draft.credentialId}
      choices={credentials.map(({ id, word }) => ({ value: id, word }))}
      onValue={(credentialId) => onChange({ credentialId, ...(!canProxy(credentials, credentialId) && noProxy) })}
    />
  );
}

const noProxy = { proxied: 'keep' } as const;

const canProxy = (credentials: readonly CredentialChoice[], id: string): boolean =>
  credentials.find((one) => one.id === id)?.canProxy === true;

/** What the name’s records get: a TTL, and at some providers a proxy. */
export function WishFields({ credentials, draft, onChange }: Props) {
  return (
    <>
      <TextField
        label="TTL in seconds"
        hint="Added to every failover: clients keep the old address for that long. 30 or 60 are sensible; below the provider’s lowest it is raised to it."
        inputMode="numeric"
        value={draft.ttl}
        error={ttlProblem(draft.ttl)}
        onValue={(ttl) => onChange({ ttl })}
      />
      {canProxy(credentials, draft.credentialId) && (
        <SelectField
          label="Proxied"
          hint="Behind the provider’s edge the TTL does not apply."
          value={draft.proxied}
          choices={proxiedChoices}
          onValue={(proxied) => onChange({ proxied })}
        />
      )}
    </>
  );
}
