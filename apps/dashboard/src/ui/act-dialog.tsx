import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Act } from '../lib/act/use-act.ts';
import { useLeaves } from '../lib/act/use-leaves.ts';
import { useStale } from '../lib/act/use-stale.ts';
import { Button } from './button.tsx';
import { CloseFoot, Dialog, Part } from './dialog.tsx';
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
  readonly reasonHint?: string;
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
  /** Its result is shown once: it stays open while it works. */
  readonly mustStay?: boolean;
  /** What it is when it was done: "edge-ams-1 becomes active"; left out, the question stays. */
  readonly doneTitle?: string;
  /** What came of it; it stays until it is closed. */
  readonly done: (result: Result) => ReactNode;
  readonly onClose: () => void;
}

/**
 * Preview, then act (DESIGN.md, section 10): what will change, what it costs, why; then progress, then the result, which stays. One dialog
 * for all of it, so that what was typed is there again when a proof was not given, and the focus never leaves it.
 */
export function ActDialog<Result>(props: ActDialogProps<Result>) {
  const { title, lede, act, mustStay = false, done, doneTitle = title, onClose } = props;
  const { state } = act;
  const said = useSaid(props);
  const popup = useStaysFocused(state.kind);
  useLeaves(title, act);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || state.kind === 'proof') return;
    event.preventDefault();
    said.confirm();
  };
  return (
    <Dialog
      title={state.kind === 'done' ? doneTitle : title}
      foot={<Foot {...props} {...said} />}
      onClose={onClose}
      onKey={onKey}
      popup={popup}
      mustStay={mustStay && state.kind === 'working'}
      {...(lede !== undefined && state.kind !== 'done' && { lede })}
    >
      <div className="vh" role="status">
        {state.kind === 'working' ? 'Working' : state.kind === 'done' ? 'Recorded' : ''}
      </div>
      {state.kind === 'done' && done(state.result)}
      {state.kind === 'proof' && <ProofForm onProven={act.goOn} onBack={act.reset} blocked={said.blocked} />}
      {state.kind !== 'done' && state.kind !== 'proof' && <Ask {...props} {...said} />}
    </Dialog>
  );
}

interface Saying {
  /** Why it cannot be confirmed, whatever is said: the page is not live, or the act's own reason. */
  readonly blocked: string | null;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  readonly typed: string;
  readonly setTyped: (typed: string) => void;
  /** Why the button is off, in words; null = it is on. */
  readonly lack: string | null;
  readonly confirm: () => void;
}

function useSaid<Result>({ needsReason, typeName = null, blocked: own = null, act }: ActDialogProps<Result>): Saying {
  const stale = useStale();
  const blocked = stale ?? own;
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  // A name is typed for one yes: for the next one it is typed again.
  useEffect(() => {
    if (typeName === null) setTyped('');
  }, [typeName]);
  const isTyped = typeName === null || typed.trim().toLowerCase() === typeName.toLowerCase();
  const needed = needsReason && reason.trim() === '' ? 'Needs a reason.' : null;
  const lack = blocked ?? needed ?? (isTyped ? null : `Needs the name ${typeName}.`);
  const { kind } = act.state;
  const confirm = () => {
    if (lack === null && (kind === 'ready' || kind === 'failed')) act.run({ reason: reason.trim() });
  };
  return { blocked, reason, setReason, typed, setTyped, lack, confirm };
}

/** A part that goes takes the focus with it: then the dialog itself has it, and the next Tab is its first control. */
function useStaysFocused(kind: string) {
  const popup = useRef<HTMLDivElement>(null);
  const before = useRef(kind);
  useEffect(() => {
    if (before.current === kind) return;
    before.current = kind;
    const { current } = popup;
    if (current === null || current.contains(document.activeElement)) return;
    const [last] = [...current.querySelectorAll<HTMLElement>('footer .btn')].slice(-1);
    (last ?? current).focus();
  }, [kind]);
  return popup;
}

function Foot<Result>(props: ActDialogProps<Result> & Saying) {
  const { act, mustStay = false, keep, verb, destroys, blocked, onClose, lack, confirm } = props;
  const { kind } = act.state;
  if (kind === 'done') return <CloseFoot onClose={onClose} />;
  if (kind === 'proof') return <span className="small dimmer">Nothing has changed yet.</span>;
  const isWorking = kind === 'working';
  const note = isWorking ? workingNote(mustStay) : blocked;
  return (
    <>
      <span className="small dim grow">{note ?? lack ?? <ConfirmKeys />}</span>
      <Button focusableWhenDisabled disabled={isWorking && mustStay} onClick={onClose}>
        {isWorking && !mustStay ? 'Close' : keep}
      </Button>
      <Button
        kind={destroys ? 'danger' : 'prime'}
        focusableWhenDisabled
        disabled={lack !== null || isWorking}
        onClick={confirm}
      >
        {verb}
      </Button>
    </>
  );
}

const workingNote = (mustStay: boolean): string =>
  mustStay ? 'Stay here: what comes of it is shown once.' : 'You may close this: it goes on.';

function Ask<Result>(props: ActDialogProps<Result> & Saying) {
  const { children, needsReason, typeName = null, act, reason, setReason, typed, setTyped } = props;
  return (
    <div className="grid min-w-0 gap-4.5">
      {children}
      {needsReason && (
        <TextField
          label="Reason"
          hint={props.reasonHint ?? 'Shown in the events and in the audit log.'}
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
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          onValue={setTyped}
        />
      )}
      {act.state.kind === 'failed' && <FailureNote error={act.state.error} />}
    </div>
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function ConfirmKeys() {
  return (
    <span className="no-phone">
      <kbd className="kbd">{isMac ? '⌘ ↵' : 'Ctrl ↵'}</kbd> to confirm
    </span>
  );
}

export interface ChangeLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
  /** Whose address it is. */
  readonly note?: string;
  /** It has just become another one under the person. */
  readonly isNew?: boolean;
}

/** The record, as it is and as it will be. */
export function RecordChange({
  title = 'What will change',
  lines,
}: {
  readonly title?: string;
  readonly lines: readonly ChangeLine[];
}) {
  return (
    <Part title={title}>
      <ul className="change">
        {lines.map(({ sign, text, note, isNew = false }) => (
          <li key={`${sign}${text}${note}`} className={lookOf[sign]} data-new={isNew || undefined}>
            <span className="m" aria-hidden="true">
              {sign === '-' ? '−' : sign.trim()}
            </span>
            <span>
              <span className="vh">{wordOf[sign]} </span>
              {text}
              {note !== undefined && <i> # {note}</i>}
              {isNew && <b className="just"> changed just now</b>}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

const lookOf = { '+': 'add', '-': 'del', ' ': 'same' } as const;
const wordOf = { '+': 'will be', '-': 'is now', ' ': 'stays' } as const;
