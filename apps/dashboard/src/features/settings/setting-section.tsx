import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Note } from '../../ui/note.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';
import type { Setting } from './use-setting.ts';

export interface SettingSectionProps<Value> {
  readonly title: string;
  readonly lede: ReactNode;
  readonly setting: Setting<Value>;
  /** A value in words: "30 s". */
  readonly words: (value: Value) => string;
  /** Verb and name: "Save name". */
  readonly verb: string;
  /** Why it cannot be changed by this person; null = it can. */
  readonly refused: string | null;
  /** Why it cannot be saved as it is; null = it can. */
  readonly blocked?: string | null;
  /** The refusal stands at the field that it is about. */
  readonly isErrorShown?: boolean;
  readonly children: ReactNode;
}

/** One part of the settings: what it is, the fields, what is stored now, save and undo. */
export function SettingSection<Value>(props: SettingSectionProps<Value>) {
  const { title, lede, setting, refused, blocked = null, isErrorShown = false, children } = props;
  const id = useId();
  const heading = useKeptFocus(setting.isSaved);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (refused === null && blocked === null) setting.save();
  };
  return (
    <section className="set" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p className="small dim">{lede}</p>
      {setting.needsProof ? (
        <ProofForm
          onProven={setting.goOn}
          onBack={setting.undo}
          blocked={refused ?? blocked}
          onBlocked={setting.askAnew}
        />
      ) : (
        <form className="set-form" onSubmit={submit}>
          {children}
          {setting.theirs !== null && <Theirs {...props} theirs={setting.theirs.value} />}
          {setting.error !== null && !isErrorShown && <FailureNote error={setting.error} />}
          <Foot {...props} />
        </form>
      )}
    </section>
  );
}

/** The button that was pressed goes when there is nothing to save any more: who came by keys stays in the section. */
function useKeptFocus(isSaved: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isSaved && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [isSaved]);
  return heading;
}

function Theirs<Value>(props: SettingSectionProps<Value> & { readonly theirs: Value }) {
  const { setting, words, theirs } = props;
  return (
    <Note shape="needs-you" alert>
      <b>Changed meanwhile, not by you here:</b> it is {words(theirs)} now. What you wrote is kept and not saved.
      <div className="row mt-2">
        <Button size="tiny" onClick={setting.undo}>
          Take {words(theirs)}
        </Button>
        <Button size="tiny" onClick={setting.keepMine}>
          Keep mine
        </Button>
      </div>
    </Note>
  );
}

function Foot<Value>({ setting, words, verb, refused, blocked = null }: SettingSectionProps<Value>) {
  const { isDirty, isWorking, isSaved, isPending, theirs, stored, stale } = setting;
  const lack = stale ?? blocked;
  const now = `Now: ${words(stored)}.`;
  const calm = isPending ? 'Saved; this page shows it in a moment.' : isSaved ? `Saved. ${now}` : now;
  if (refused !== null)
    return (
      <div className="set-foot">
        <span className="small dim grow">
          {now} {refused}
        </span>
      </div>
    );
  return (
    <div className="set-foot">
      <span className="small dim grow" role="status">
        {isDirty ? (lack ?? `Not saved. ${now}`) : calm}
      </span>
      {isDirty && (
        <>
          <Button disabled={isWorking} onClick={setting.undo}>
            Undo
          </Button>
          <Button type="submit" kind="prime" disabled={isWorking || theirs !== null || lack !== null}>
            {isWorking ? 'Saving' : verb}
          </Button>
        </>
      )}
    </div>
  );
}
