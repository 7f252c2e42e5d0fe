import { type FormEvent, type ReactNode, useId } from 'react';
import type { Act } from '../../lib/act/use-act.ts';
import { useLeaves } from '../../lib/act/use-leaves.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';

export interface FormDialogProps<Input, Result> {
  readonly title: string;
  readonly lede: ReactNode;
  readonly children: ReactNode;
  readonly keep: string;
  /** Where "keep" leads, if not out of the dialog. */
  readonly onKeep?: () => void;
  readonly verb: string;
  readonly working: string;
  /** Why it cannot be sent; null = it can. */
  readonly blocked: string | null;
  readonly act: Act<Input, Result>;
  readonly input: Input;
  /** What its outcome is told as where the dialog was closed while it worked, before that is known. */
  readonly leftAs?: string;
  readonly onClose: () => void;
}

/** A form in a dialog: sent, refused in place, or proven first. What stood in it stays throughout. */
export function FormDialog<Input, Result>(props: FormDialogProps<Input, Result>) {
  const { title, lede, children, keep, verb, working, act, input, leftAs = title, onClose } = props;
  const id = useId();
  const blocked = useStale() ?? props.blocked;
  useLeaves(leftAs, act);
  if (act.state.kind === 'proof')
    return (
      <Dialog
        title={title}
        lede={lede}
        foot={<span className="small dimmer">Nothing has changed yet.</span>}
        onClose={onClose}
      >
        <ProofForm onProven={act.goOn} onBack={act.reset} blocked={blocked} />
      </Dialog>
    );
  const isWorking = act.state.kind === 'working';
  const isOff = blocked !== null || isWorking;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isOff) act.run(input);
  };
  const foot = (
    <>
      <span className="small dim grow">{isWorking ? 'You may close this: it goes on.' : blocked}</span>
      <Button onClick={isWorking ? onClose : (props.onKeep ?? onClose)}>{isWorking ? 'Close' : keep}</Button>
      <Button type="submit" form={id} kind="prime" focusableWhenDisabled disabled={isOff}>
        {isWorking ? working : verb}
      </Button>
    </>
  );
  return (
    <Dialog title={title} lede={lede} foot={foot} onClose={onClose}>
      <form id={id} onSubmit={send} noValidate>
        {children}
      </form>
    </Dialog>
  );
}
