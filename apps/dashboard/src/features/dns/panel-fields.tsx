import { ChoiceCards } from '../../ui/choice-cards.tsx';
import { Part } from '../../ui/dialog.tsx';
import { LinesField, TextField } from '../../ui/field.tsx';
import { CertificateLook } from './certificate-look.tsx';
import { type CredentialFieldsProps, SecretField, textOf } from './draft-fields.tsx';
import { isPanel, type PanelKind, type Trust } from './panel-draft.ts';
import { tokenHints, userHints } from './panel-words.ts';

const trusts: readonly { readonly value: Trust; readonly word: string; readonly lines: readonly string[] }[] = [
  {
    value: 'public',
    word: 'By public authorities',
    lines: ['As a browser believes it, for the server’s name.'],
  },
  {
    value: 'pin',
    word: 'By this very certificate',
    lines: ['Whoever signed it: its fingerprint is pinned. Renewed, it is to be looked at again.'],
  },
  {
    value: 'ca',
    word: 'By an authority’s certificate',
    lines: ['Signed by this authority and by no other one; it may be renewed.'],
  },
];

/** A panel’s account, and how its server proves that it is the panel: no byte of the token goes to anybody else. */
export function PanelFields({ panel, ...props }: CredentialFieldsProps & { readonly panel: PanelKind }) {
  return (
    <>
      <div className="two wide-first">
        <TextField
          label="Panel’s server"
          hint="A name or an address, without https."
          className="mono"
          {...textOf(props, 'host')}
        />
        <TextField
          label="Port"
          hint={panel === 'cpanel' ? 'Usually 2083.' : 'Usually 2087.'}
          inputMode="numeric"
          {...textOf(props, 'port')}
        />
      </div>
      <TextField label="User" hint={userHints[panel]} className="mono" {...textOf(props, 'user')} />
      <SecretField {...props} label="API token" hint={tokenHints[panel]} />
      <PanelTrust {...props} />
    </>
  );
}

function PanelTrust(props: CredentialFieldsProps) {
  const { draft, before, problems, isUntrusted = false, onChange } = props;
  const storedPin = before !== null && isPanel(before.settings) ? before.settings.pin : null;
  const isRenewed = before?.preflight?.some(({ code }) => code === 'dns_panel_untrusted') ?? false;
  return (
    <Part title="The panel’s certificate">
      <div className="grid gap-4.5">
        <ChoiceCards
          label="How the server is believed to be the panel"
          choices={trusts}
          value={draft.trust}
          onValue={(trust) => onChange({ trust })}
        />
        {draft.trust === 'pin' && (
          <TextField
            label="SHA-256 fingerprint"
            hint="As you read it on the panel’s server, or by “Trust this certificate” below."
            className="mono"
            {...textOf(props, 'pin')}
          />
        )}
        {draft.trust === 'ca' && (
          <LinesField
            label="Authority’s certificate"
            hint="PEM, one or several: from BEGIN CERTIFICATE to END CERTIFICATE. A private key beside it is not stored."
            error={problems.ca ?? null}
            rows={5}
            value={draft.ca}
            onValue={(ca) => onChange({ ca })}
          />
        )}
        <TextField
          label="Name in the certificate"
          hint="Only where it is for another name than the server above: it is asked for under this one."
          className="mono"
          {...textOf(props, 'serverName')}
        />
        {!isUntrusted && <CertificateLook draft={draft} storedPin={storedPin} isAuto={isRenewed} onTrust={onChange} />}
      </div>
    </Part>
  );
}
