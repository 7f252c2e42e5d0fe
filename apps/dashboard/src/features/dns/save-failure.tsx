import type { CredentialView } from '@serverctl/contract';
import { Part } from '../../ui/dialog.tsx';
import { CertificateLook } from './certificate-look.tsx';
import type { CredentialDraft } from './credential-draft.ts';
import { isUntrusted } from './failure-details.ts';
import { isPanel, isPanelKind } from './panel-draft.ts';
import { ProviderFailure } from './provider-failure.tsx';

export interface SaveFailureProps {
  readonly error: unknown;
  readonly draft: CredentialDraft;
  /** Null = a new one. */
  readonly before: CredentialView | null;
  readonly onDraft: (change: Partial<CredentialDraft>) => void;
}

/** The refusal, and what the provider said where it was tried; of a panel that is not believed, the certificate that it shows instead. */
export function SaveFailure({ error, draft, before, onDraft }: SaveFailureProps) {
  const storedPin = before !== null && isPanel(before.settings) ? before.settings.pin : null;
  return (
    <div className="grid gap-4.5">
      <ProviderFailure error={error} />
      {isPanelKind(draft.provider) && isUntrusted(error) && (
        <Part title="The certificate that is shown there now">
          <CertificateLook draft={draft} storedPin={storedPin} isAuto onTrust={onDraft} />
        </Part>
      )}
    </div>
  );
}
