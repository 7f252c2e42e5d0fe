import type { TotpBegun } from '@serverctl/contract';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { Skeleton } from '../../ui/absent.tsx';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';
import { CodesDialog } from './codes-dialog.tsx';
import { QrCode } from './qr-code.tsx';
import type { SecondFactorProps } from './second-factor-props.ts';

/*
 *   begin ──(a fresh proof, where the last one is older than ten minutes)──→ scan ──code──→ codes, shown once
 *
 * Nothing is in force before the code is right.
 */
export function AuthenticatorSetup({ email, onChanged, onClose }: SecondFactorProps) {
  const begin = useAct(() => sessionApi.beginTotp());
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    begin.run(undefined);
  }, [begin]);
  const confirm = useAct((code: string) => sessionApi.confirmTotp(code).finally(onChanged));
  const frame = { title: 'Set up an authenticator', onClose };
  if (confirm.state.kind === 'done')
    return (
      <CodesDialog
        title="The authenticator is on"
        lede="Signing in takes the password and a code from now on."
        codes={confirm.state.result.recoveryCodes}
        {...{ email, onClose }}
      />
    );
  if (begin.state.kind === 'done') return <Scan begun={begin.state.result} confirm={confirm} onClose={onClose} />;
  const unchanged = <span className="small dimmer">Nothing has changed yet.</span>;
  return (
    <Dialog {...frame} foot={unchanged}>
      {begin.state.kind === 'proof' ? (
        // A secret is made: nothing that this page shows is confirmed by it.
        <ProofForm onProven={begin.goOn} onBack={onClose} onBlocked={begin.goOn} />
      ) : begin.state.kind === 'failed' ? (
        <>
          <FailureNote error={begin.state.error} />
          <div>
            <Button onClick={begin.goOn}>Try again</Button>
          </div>
        </>
      ) : (
        <Skeleton title="Making a secret for it" />
      )}
    </Dialog>
  );
}

interface ScanProps {
  readonly begun: TotpBegun;
  readonly confirm: ReturnType<typeof useAct<string, unknown>>;
  readonly onClose: () => void;
}

function Scan({ begun: { uri, secret }, confirm, onClose }: ScanProps) {
  const [code, setCode] = useState('');
  const { state } = confirm;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.run(code.replaceAll(' ', ''));
  };
  if (state.kind === 'proof')
    return (
      <Dialog title="Set up an authenticator" onClose={onClose} foot={null}>
        <ProofForm onProven={confirm.goOn} onBack={confirm.reset} />
      </Dialog>
    );
  return (
    <Dialog
      title="Set up an authenticator"
      lede="It is on once a code of it was right."
      mustStay={state.kind === 'working'}
      onClose={onClose}
      foot={
        <>
          <span className="grow" />
          <Button disabled={state.kind === 'working'} onClick={onClose}>
            Leave it off
          </Button>
          <Button kind="prime" type="submit" form="authenticator-code" disabled={state.kind === 'working'}>
            {state.kind === 'working' ? 'Turning it on' : 'Turn it on'}
          </Button>
        </>
      }
    >
      <div className="scan">
        <QrCode text={uri} name="QR code for the authenticator; its secret stands beside it as text" />
        <ol>
          <li>Scan it with an authenticator: any that shows six digits will do.</li>
          <li>
            Or type its secret there: <Copy text={grouped(secret)} name="the secret" />
          </li>
          <li>Then give the code that it shows.</li>
        </ol>
      </div>
      <form id="authenticator-code" className="acc-form" onSubmit={submit}>
        <TextField
          label="Code that it shows now"
          hint="Six digits. Each works once."
          className="mono"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          value={code}
          onValue={setCode}
        />
        {state.kind === 'failed' && <FailureNote error={state.error} />}
      </form>
    </Dialog>
  );
}

/** "ABCD EFGH …": to be typed without losing the place. */
const grouped = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
