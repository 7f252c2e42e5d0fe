import type { ReactElement } from 'react';
import { LinesField, SelectField, TextField } from '../../ui/field.tsx';
import { type CredentialFieldsProps, SecretField, textOf } from './draft-fields.tsx';
import { PanelFields } from './panel-fields.tsx';

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

/** What each kind of provider needs, and where to find it. Total: of a new kind this does not compile. */
export function CredentialFields(props: CredentialFieldsProps): ReactElement {
  switch (props.draft.provider) {
    case 'rfc2136':
      return <Rfc2136Fields {...props} />;
    case 'cloudflare':
      return <CloudflareFields {...props} />;
    case 'cpanel':
    case 'whm':
      return <PanelFields {...props} panel={props.draft.provider} />;
  }
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
