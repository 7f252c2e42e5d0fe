import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Act } from '../lib/act/use-act.ts';
import { Button } from './button.tsx';
import { Dialog, Part } from './dialog.tsx';
import { FailureNote } from './failure-note.tsx';
import { TextField } from './field.tsx';
import { ProofForm } from './proof-form.tsx';

/** What the person said beside their yes. */
export interface Said {
  readonly reason: string;
}

export interface ActDialogProps<Result> {
  /** The question: "Make edge-ams-1 active?" */
  readonly title: string;
  readonly lede?: ReactNode;
  /** What will change, what it costs; more fields. */
  readonly children: ReactNode;
  /** Whether a reason is asked for. */
  readonly needsReason: boolean;
  /** To be typed before the button goes on: for what is dangerous. */
  readonly typeName?: string | null;
  /** Leaves everything as it is: "Keep edge-fra-1". */
  readonly keep: string;
  /** Verb and name: "Make edge-ams-1 active". */
  readonly verb: string;
  /** Red: it destroys something. */
  readonly destroys?: boolean;
  /** Why it cannot be confirmed now; null = it can. */
  readonly blocked?: string | null;
  readonly act: Act<Said, Result>;
  /** What came of it; it stays until it is closed. */
  readonly done: (result: Result) => ReactNode;
  readonly onClose: () => void;
}

/** Preview, then act (DESIGN.md, section 10): what will change, what it costs, why; then progress, then the result, which stays. */
export function ActDialog<Result>(props: ActDialogProps<Result>) {
  const { title, lede, act, done, onClose } = props;
  const frame = { title, onClose, ...(lede !== undefined && { lede }) };
  if (act.state.kind === 'done')
    return (
      <Dialog {...frame} foot={<CloseButton onClose={onClose} />}>
        <div role="status">{done(act.state.result)}</div>
      </Dialog>
    );
  if (act.state.kind === 'proof')
    return (
      <Dialog {...frame} foot={<span className="small dimmer">Nothing has changed yet.</span>}>
        <ProofForm onProven={act.goOn} onBack={act.reset} />
      </Dialog>
    );
  return <Ask {...props} />;
}

function CloseButton({ onClose }: { readonly onClose: () => void }) {
  return (
    <>
      <span className="grow" />
      <Button kind="prime" onClick={onClose}>
        Close
      </Button>
    </>
  );
}

function Ask<Result>(props: ActDialogProps<Result>) {
  const { title, lede, children, needsReason, typeName = null, keep, verb, destroys, blocked = null } = props;
  const { act, onClose } = props;
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const isWorking = act.state.kind === 'working';
  const isSaid = (!needsReason || reason.trim() !== '') && (typeName === null || typed.trim() === typeName);
  const isReady = isSaid && blocked === null && !isWorking;
  const confirm = () => isReady && act.run({ reason: reason.trim() });
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) confirm();
  };
  const foot = (
    <>
      <span className="small dim grow">{blocked ?? (typeName === null && <ConfirmKeys />)}</span>
      <Button onClick={onClose}>{keep}</Button>
      <Button kind={destroys ? 'danger' : 'prime'} disabled={!isReady} onClick={confirm}>
        {verb}
      </Button>
    </>
  );
  return (
    <Dialog title={title} foot={foot} onClose={onClose} {...(lede !== undefined && { lede })}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the fields inside */}
      <div className="grid gap-4.5" onKeyDown={onKey}>
        {children}
        {needsReason && (
          <TextField
            label="Reason"
            hint="Shown in the events and in the audit log."
            value={reason}
            maxLength={500}
            autoFocus
            onValue={setReason}
          />
        )}
        {typeName !== null && (
          <TextField
            label={`Type ${typeName} to confirm`}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onValue={setTyped}
          />
        )}
        {act.state.kind === 'failed' && <FailureNote error={act.state.error} />}
      </div>
    </Dialog>
  );
}

function ConfirmKeys() {
  return (
    <span className="no-phone">
      <kbd className="kbd">Ctrl ↵</kbd> to confirm
    </span>
  );
}

/** The record, as it is and as it will be. */
export function RecordChange({ lines }: { readonly lines: readonly ChangeLine[] }) {
  return (
    <Part title="What will change">
      <ul className="change">
        {lines.map(({ sign, text, note }) => (
          <li key={`${sign}${text}`} className={sign === '+' ? 'add' : sign === '-' ? 'del' : 'same'}>
            <span className="m" aria-hidden="true">
              {sign === ' ' ? '' : sign}
            </span>
            <span className="vh">{sign === '+' ? 'will be ' : sign === '-' ? 'is now ' : 'stays '}</span>
            <span>
              {text}
              {note !== undefined && <i> # {note}</i>}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export interface ChangeLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
  /** Whose address it is. */
  readonly note?: string;
}
