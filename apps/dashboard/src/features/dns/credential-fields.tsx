import type { CredentialView } from '@serverctl/contract';
import { LinesField, SelectField, TextField } from '../../ui/field.tsx';
import { type CredentialDraft, type DraftField, isMoved, type Problems } from './credential-draft.ts';

export interface CredentialFieldsProps {
  readonly draft: CredentialDraft;
  /** Null = a new one. */
  readonly before: CredentialView | null;
  readonly problems: Problems;
  readonly onChange: (change: Partial<CredentialDraft>) => void;
}

const algorithms = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'].map((value) => ({ value, word: value }));
const transports = [
  { value: 'tcp', word: 'TCP' },
  { value: 'udp', word: 'UDP, TCP where an answer is cut short' },
] as const;
const plans = [
  { value: 'free', word: 'Free' },
  { value: 'paid', word: 'Paid' },
  { value: 'enterprise', word: 'Enterprise' },
] as const;

/** What each kind of provider needs, and where to find it. */
export function CredentialFields(props: CredentialFieldsProps) {
  switch (props.draft.provider) {
    case 'rfc2136':
      return <Rfc2136Fields {...props} />;
    case 'cloudflare':
      return <CloudflareFields {...props} />;
    case 'cpanel':
    case 'whm':
      return <PanelFields {...props} />;
  }
}

/** One line of text of the draft. */
function textOf({ draft, problems, onChange }: CredentialFieldsProps, field: DraftField) {
  const problem = problems[field];
  return {
    value: draft[field],
    onValue: (value: string) => onChange({ [field]: value }),
    autoComplete: 'off',
    spellCheck: false,
    ...(problem !== undefined && { error: problem }),
  };
}

function Rfc2136Fields(props: CredentialFieldsProps) {
  const { draft, onChange } = props;
  return (
    <>
      <div className="two wide-first">
        <TextField
          label="Primary name server"
          hint="The zone’s primary: the first name in its SOA record, or its address."
          className="mono"
          {...textOf(props, 'host')}
        />
        <TextField label="Port" inputMode="numeric" {...textOf(props, 'port')} />
      </div>
      <div className="two">
        <TextField
          label="Key name"
          hint={'As the server’s configuration has it: key "NAME" { … };'}
          className="mono"
          {...textOf(props, 'keyName')}
        />
        <SelectField
          label="Algorithm"
          hint="Behind “algorithm”, in the same place."
          value={draft.algorithm}
          choices={algorithms}
          onValue={(algorithm) => onChange({ algorithm })}
        />
      </div>
      <SecretField
        {...props}
        label="Secret"
        hint="What stands between the quotes behind “secret”, base64. “tsig-keygen serverctl” on the server makes a key."
      />
      <SelectField
        label="Transport"
        value={draft.transport}
        choices={transports}
        onValue={(transport) => onChange({ transport })}
      />
    </>
  );
}

/** A new token alone; where it goes is changed by `serverctl dns credential set`. */
function PanelFields(props: CredentialFieldsProps) {
  return <SecretField {...props} label="API token" hint="A new token of the same user." />;
}

function CloudflareFields(props: CredentialFieldsProps) {
  const { draft, problems, onChange } = props;
  return (
    <>
      <SecretField
        {...props}
        label="API token"
        hint="My Profile, API Tokens, Create Token, Create Custom Token: Zone, DNS, Edit and Zone, Zone, Read, for the zones with managed names. A global API key is not taken."
      />
      <SelectField
        label="Plan"
        hint="The lowest of the zones’ plans. It says how long a comment may be, and the lowest TTL."
        value={draft.plan}
        choices={plans}
        onValue={(plan) => onChange({ plan })}
      />
      <LinesField
        label="Zone ids"
        hint="Only where the token lacks Zone Read. A line each, example.com=0123…; the id stands on the zone’s overview page."
        error={problems.zoneIds ?? null}
        rows={2}
        value={draft.zoneIds}
        onValue={(zoneIds) => onChange({ zoneIds })}
      />
      <TextField
        label="API base"
        hint="Only for a gateway or proxy of your own before Cloudflare’s API."
        className="mono"
        {...textOf(props, 'apiBase')}
      />
    </>
  );
}

interface SecretFieldProps extends CredentialFieldsProps {
  readonly label: string;
  readonly hint: string;
}

/** Write-only: what is stored is never shown, so an empty field leaves it as it is. */
function SecretField({ label, hint, ...props }: SecretFieldProps) {
  const { before, draft } = props;
  const isKept = before !== null && !isMoved(before, draft);
  return (
    <TextField
      label={label}
      type="password"
      {...textOf(props, 'secret')}
      autoComplete="new-password"
      hint={
        isKept
          ? 'Stored encrypted, never shown again. Left empty it stays as it is.'
          : `${hint} Stored encrypted, never shown again.`
      }
    />
  );
}
