import type { PanelCertificate, PanelCertificateInput } from '@serverctl/contract';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Note } from '../../ui/note.tsx';
import { StateWord } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { compareCommand, oneLine, problemText } from './panel-words.ts';
import { Fact } from './trial-report.tsx';

export interface CertificateShownProps {
  readonly shown: PanelCertificate;
  readonly asked: PanelCertificateInput;
  /** The pin that is stored; null = none. */
  readonly storedPin: string | null;
  /** The pin that stands in the form; null = none. */
  readonly formPin: string | null;
  readonly onTrust: () => void;
}

/** What a stranger shows, how to find out whether it is the panel, and only then the way to believe it. */
export function CertificateShown({ shown, asked, storedPin, formPin, onTrust }: CertificateShownProps) {
  const { host, port, sha256 } = shown;
  const isTrusted = formPin === sha256;
  // Who pasted what the panel's host printed has made the comparison that tells somebody in between.
  const isOther = formPin !== null && !isTrusted;
  return (
    <section className="shown-cert" aria-label={`The certificate that ${host} shows at port ${port}`}>
      <CertificateFacts shown={shown} />
      {isOther && (
        <Note shape="refused" alert>
          <b>Another certificate than the one whose fingerprint stands in this form:</b> do not trust it unless you know
          why.
        </Note>
      )}
      {storedPin === sha256 ? (
        <p className="small">It is the one that is stored as pinned: whoever answers there now is believed.</p>
      ) : (
        <Compare command={compareCommand(asked)} />
      )}
      <div className="row wrap">
        <Button kind={isOther ? 'bare' : 'plain'} disabled={isTrusted} focusableWhenDisabled onClick={onTrust}>
          {isOther ? 'Trust this certificate all the same' : 'Trust this certificate'}
        </Button>
        {isTrusted && (
          <StateWord shape="healthy" className="small">
            {storedPin === sha256 ? 'It is pinned' : 'It is pinned in this form: try and save'}
          </StateWord>
        )}
      </div>
    </section>
  );
}

function CertificateFacts({ shown }: Pick<CertificateShownProps, 'shown'>) {
  const { host, port, address, sha256, subject, issuer, names, notBefore, notAfter, isSelfSigned, isExpired } = shown;
  const problem = problemText(shown);
  return (
    <dl className="facts">
      <Fact word="Shown by" mono>
        {host}, port {port}
        {address !== host && ` (${address})`}
      </Fact>
      <Fact word="SHA-256">
        <Fingerprint sha256={sha256} />
      </Fact>
      <Fact word="It is for" mono>
        {names.join(', ') || 'no name'}
      </Fact>
      <Fact word="Subject" mono>
        {oneLine(subject) || 'none'}
      </Fact>
      <Fact word="Signed by" mono={!isSelfSigned}>
        {isSelfSigned ? 'itself' : oneLine(issuer) || 'nobody that it names'}
      </Fact>
      <Fact word="In force">
        from <When at={notBefore} /> until <When at={notAfter} />
        {isExpired && ', which is over'}
      </Fact>
      <Fact word="Authorities">
        {problem === null ? 'Public ones vouch for it: it needs no pin.' : `No public one vouches for it. ${problem}`}
      </Fact>
    </dl>
  );
}

/** A fingerprint that came over the same network proves nothing by itself. */
function Compare({ command }: { readonly command: string }) {
  return (
    <div className="grid gap-1.5">
      <p className="small">
        Anybody in between could show one of their own. Run this on the panel’s server itself, and trust the certificate
        only where it prints the same fingerprint:
      </p>
      <pre className="code">{command}</pre>
      <div>
        <CopyButton text={command} size="tiny">
          Copy command
        </CopyButton>
      </div>
    </div>
  );
}
