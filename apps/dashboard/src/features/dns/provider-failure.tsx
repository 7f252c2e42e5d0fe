import { Link } from '@tanstack/react-router';
import { FailureNote } from '../../ui/failure-note.tsx';
import { failureDetails, isUntrusted } from './failure-details.ts';

export interface ProviderFailureProps {
  readonly error: unknown;
  /** What was tried; left out where its form is open anyway. */
  readonly credentialId?: string;
}

/** What a provider refused, with the details that its remedy speaks of, and the way to where it is mended. */
export function ProviderFailure({ error, credentialId }: ProviderFailureProps) {
  const details = failureDetails(error);
  return (
    <div className="grid gap-2">
      <FailureNote error={error} isDetailed={details.length > 0} />
      {details.map((line) => (
        <p key={line} className="small dim wrap-anywhere">
          {line}
        </p>
      ))}
      {credentialId !== undefined && isUntrusted(error) && <CertificateLink credentialId={credentialId} />}
    </div>
  );
}

/** To the form, where what stands there now is beside what is believed. */
export function CertificateLink({ credentialId }: { readonly credentialId: string }) {
  return (
    <p className="small mt-1">
      <Link to="/account/credentials" search={{ open: 'edit', credential: credentialId }}>
        Look at the certificate that is shown now
      </Link>
    </p>
  );
}
