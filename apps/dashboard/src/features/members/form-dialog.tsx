import { type FormEvent, type ReactNode, useId } from 'react';
import type { Act } from '../../lib/act/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';

export interface FormDialogProps<Input, Result> {
  readonly title: string;
  readonly lede: ReactNode;
  readonly children: ReactNode;
  readonly keep: string;
  readonly verb: string;
  readonly working: string;
  /** Why it cannot be sent; null = it can. */
  readonly blocked: string | null;
  readonly act: Act<Input, Result>;
  readonly input: Input;
  readonly onClose: () => void;
}

/** A form in a dialog: sent, refused in place, or proven first. What stood in it stays throughout. */
export function FormDialog<Input, Result>(props: FormDialogProps<Input, Result>) {
  const { title, lede, children, keep, verb, working, blocked, act, input, onClose } = props;
  const id = useId();
  if (act.state.kind === 'proof')
    return (
      <Dialog
        title={title}
        lede={lede}
        foot={<span className="small dimmer">Nothing has changed yet.</span>}
        onClose={onClose}
      >
        <ProofForm onProven={act.goOn} onBack={act.reset} />
      </Dialog>
    );
  const isWorking = act.state.kind === 'working';
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (blocked === null) act.run(input);
  };
  const foot = (
    <>
      <span className="small dim grow">{blocked}</span>
      <Button onClick={onClose}>{keep}</Button>
      <Button type="submit" form={id} kind="prime" disabled={blocked !== null || isWorking}>
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
