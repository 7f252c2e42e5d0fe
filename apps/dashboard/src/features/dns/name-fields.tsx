import type { CredentialView } from '@serverctl/contract';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type NameSettings, proxiedChoices, ttlProblem } from './name-draft.ts';
import { credentialChoice, hasProxy } from './providers.ts';

interface Props {
  readonly credentials: readonly CredentialView[];
  readonly draft: NameSettings;
  readonly onChange: (change: Partial<NameSettings>) => void;
}

/** Which credential writes the name; a proxy is wished only where the provider has one. */
export function CredentialField({ credentials, draft, onChange }: Props) {
  return (
    <SelectField
      label="Credential"
      value={draft.credentialId}
      choices={credentials.map(credentialChoice)}
      onValue={(credentialId) => onChange({ credentialId, ...(!canProxy(credentials, credentialId) && noProxy) })}
    />
  );
}

const noProxy = { proxied: 'keep' } as const;

const canProxy = (credentials: readonly CredentialView[], id: string): boolean => {
  const credential = credentials.find((one) => one.id === id);
  return credential !== undefined && hasProxy(credential.provider);
};

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
