import { CopyButton } from '../../ui/copy-button.tsx';
import { fingerprintRows, pairsText } from './panel-draft.ts';

/** A certificate’s SHA-256 fingerprint, in pairs as openssl prints it, in rows that an eye can follow. */
export function Fingerprint({ sha256 }: { readonly sha256: string }) {
  return (
    <div className="fingerprint">
      <span className="mono">
        {fingerprintRows(sha256).map((row) => (
          <span key={row}>{row}</span>
        ))}
      </span>
      <CopyButton text={pairsText(sha256)} size="tiny">
        Copy fingerprint
      </CopyButton>
    </div>
  );
}
