import { Fingerprint } from './fingerprint.tsx';
import { type PanelSettings, shortPin } from './panel-draft.ts';
import { Fact } from './trial-report.tsx';

/** How a panel’s server proves that it is the panel: in short, the whole of it on demand. */
export function TrustFact({ settings: { pin, ca } }: { readonly settings: PanelSettings }) {
  return (
    <Fact word="Believed">
      {pin !== null ? (
        <details className="whole">
          <summary>
            by this very certificate: <span className="mono">{shortPin(pin)}</span>
          </summary>
          <Fingerprint sha256={pin} />
        </details>
      ) : ca !== null ? (
        <details className="whole">
          <summary>by an authority’s certificate</summary>
          <pre className="code">{ca.trim()}</pre>
        </details>
      ) : (
        'by public authorities'
      )}
    </Fact>
  );
}
