import type { CredentialView } from '@serverctl/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { type Act, useAct } from '../../lib/act/use-act.ts';
import { useLeaves } from '../../lib/act/use-leaves.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { Failure } from '../../lib/failure.ts';
import { credentialsQuery } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, Part } from '../../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';
import {
  type CredentialDraft,
  draftOf,
  emptyDraft,
  inputOf,
  isChange,
  kindChange,
  patchOf,
  problemsOf,
  type SavedCredential,
  savedOf,
  storedText,
} from './credential-draft.ts';
import { CredentialFields } from './credential-fields.tsx';
import { changedMeanwhile, keptMine, takenTheirs } from './credential-meanwhile.ts';
import { CredentialResult } from './credential-result.tsx';
import { isUntrusted } from './failure-details.ts';
import { MeanwhileNote, type MeanwhileNoteProps } from './meanwhile-note.tsx';
import { providerChoices } from './providers.ts';
import { timed } from './queries.ts';
import { SaveFailure } from './save-failure.tsx';

export interface CredentialDialogProps {
  /** What is changed; null = a new one. */
  readonly before: CredentialView | null;
  /** What is known of it already. */
  readonly prefill?: Partial<CredentialDraft>;
  /** What comes after: "Close", "Go on with the name". */
  readonly after?: string;
  readonly onSaved?: (saved: SavedCredential) => void;
  readonly onClose: () => void;
}

/** A credential, new or changed: tried before it is stored, told with what the trial found. */
export function CredentialDialog(props: CredentialDialogProps) {
  const { before: stored, prefill = {}, after = 'Close', onSaved, onClose } = props;
  // The draft is of what was stored when the form was opened: compared with anything newer, it would send the old back.
  const [before, setBefore] = useState(stored);
  const queries = useQueryClient();
  const [draft, setDraft] = useState<CredentialDraft>({
    ...(before === null ? emptyDraft : draftOf(before)),
    ...prefill,
  });
  const [isUntested, setUntested] = useState(false);
  const act = useAct<null, SavedCredential>(
    async () => {
      const { result, tookMs } = await timed(() =>
        before === null
          ? dnsApi.addCredential(inputOf(draft))
          : dnsApi.setCredential(before.id, patchOf(before, draft, isUntested)),
      );
      return savedOf(result, draft, tookMs);
    },
    () => {
      setDraft((held) => ({ ...held, secret: '' }));
      void queries.invalidateQueries({ queryKey: credentialsQuery.queryKey });
    },
  );
  useLeaves(
    before === null ? `Add the DNS credential ${draft.name.trim()}?` : `Change ${before.name}?`,
    act,
    storedText,
  );
  const frame = {
    title: before === null ? 'Add a DNS credential' : `Change ${before.name}`,
    lede: 'It is tried before anything is stored; a failure stores nothing.',
    onClose,
  };
  const { state } = act;
  const lines = before === null || stored === null ? [] : changedMeanwhile(before, stored);
  if (state.kind === 'done')
    return (
      <Dialog {...frame} foot={<After word={after} onClick={() => (onSaved ? onSaved(state.result) : onClose())} />}>
        <CredentialResult {...state.result} />
      </Dialog>
    );
  if (state.kind === 'proof')
    return (
      <Dialog {...frame} foot={<span className="small dimmer">Nothing is stored yet.</span>}>
        <ProofForm onProven={lines.length === 0 ? act.goOn : act.reset} onBack={act.reset} />
      </Dialog>
    );
  const settle = (settled: CredentialDraft) => {
    setBefore(stored);
    setDraft(settled);
    act.reset();
  };
  // While it is stored, what is brought may be one's own.
  const meanwhile =
    before === null || stored === null || lines.length === 0 || state.kind === 'working'
      ? null
      : {
          lines,
          onTake: () => settle(takenTheirs(stored, draft)),
          onKeep: () => settle(keptMine(before, stored, draft)),
        };
  const form = { before, draft, isUntested, act, meanwhile };
  return <Form {...frame} {...form} onDraft={(change) => setDraft({ ...draft, ...change })} onUntested={setUntested} />;
}

function After({ word, onClick }: { readonly word: string; readonly onClick: () => void }) {
  return (
    <>
      <span className="grow" />
      <Button kind="prime" onClick={onClick}>
        {word}
      </Button>
    </>
  );
}

interface FormProps {
  readonly title: string;
  readonly lede: string;
  readonly before: CredentialView | null;
  readonly draft: CredentialDraft;
  readonly isUntested: boolean;
  readonly act: Act<null, SavedCredential>;
  /** Null = nobody else stored anything since. */
  readonly meanwhile: MeanwhileNoteProps | null;
  readonly onDraft: (change: Partial<CredentialDraft>) => void;
  readonly onUntested: (is: boolean) => void;
  readonly onClose: () => void;
}

function Form({ title, lede, before, draft, isUntested, act, meanwhile, onDraft, onUntested, onClose }: FormProps) {
  const formId = useId();
  const [isAsked, setAsked] = useState(false);
  const found = problemsOf(draft, before);
  // What is missing is told once it was asked to be saved; until then the form is only not filled in yet.
  const problems = isAsked ? found : {};
  const isSame = before !== null && !isChange(patchOf(before, draft, isUntested));
  const isWorking = act.state.kind === 'working';
  const error = act.state.kind === 'failed' ? act.state.error : null;
  const stale = useStale();
  const lack =
    stale ??
    (meanwhile !== null
      ? 'Changed meanwhile: say first whose it shall be.'
      : isSame
        ? 'Nothing is changed yet.'
        : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (lack === null && !isWorking && Object.keys(found).length === 0) act.run(null);
  };
  const foot = (
    <>
      <span className="small dim grow" role="status">
        {isWorking ? 'Trying it, up to 10 s a zone. You may close this: it goes on.' : lack}
      </span>
      <Button onClick={onClose}>{isWorking ? 'Close' : before === null ? 'Add none' : 'Leave it as it is'}</Button>
      <Button type="submit" form={formId} kind="prime" focusableWhenDisabled disabled={isWorking || lack !== null}>
        Try and save
      </Button>
    </>
  );
  return (
    <Dialog title={title} lede={lede} foot={foot} onClose={onClose}>
      <form id={formId} className="grid gap-4.5" onSubmit={submit} noValidate>
        {meanwhile !== null && <MeanwhileNote {...meanwhile} />}
        <Naming draft={draft} isNew={before === null} problem={problems.name} onDraft={onDraft} />
        <CredentialFields
          draft={draft}
          before={before}
          problems={problems}
          isUntrusted={error !== null && isUntrusted(error)}
          onChange={onDraft}
        />
        <TryOn draft={draft} before={before} problems={problems} onDraft={onDraft} />
        {error !== null && <SaveFailure error={error} draft={draft} before={before} onDraft={onDraft} />}
        {before !== null && isTryFailure(error) && (
          <CheckField
            label="Store it all the same, without trying it"
            hint="While it does not work, a failover does not reach these names."
            checked={isUntested}
            onChecked={onUntested}
          />
        )}
      </form>
    </Dialog>
  );
}

const isTryFailure = (error: unknown): boolean => error instanceof Failure && error.code === 'credential_try_failed';

interface PartProps {
  readonly draft: CredentialDraft;
  readonly onDraft: (change: Partial<CredentialDraft>) => void;
}

function Naming({ draft, isNew, problem, onDraft }: PartProps & { isNew: boolean; problem: string | undefined }) {
  return (
    <div className="two">
      <SelectField
        label="Provider"
        {...(!isNew && { hint: 'A credential stays of its kind.' })}
        value={draft.provider}
        choices={providerChoices}
        disabled={!isNew}
        onValue={(provider) => onDraft(kindChange(provider))}
      />
      <TextField
        label="Name"
        hint="What you call it, for example ns1."
        value={draft.name}
        maxLength={80}
        autoComplete="off"
        autoFocus={isNew}
        {...(problem !== undefined && { error: problem })}
        onValue={(name) => onDraft({ name })}
      />
    </div>
  );
}

function TryOn({
  draft,
  before,
  problems,
  onDraft,
}: PartProps & { readonly before: CredentialView | null; readonly problems: ReturnType<typeof problemsOf> }) {
  const isUsed = before !== null && before.usedBy.length > 0;
  return (
    <Part title="Try it on">
      <div className="two">
        <TextField
          label="Zone"
          className="mono"
          placeholder="example.com"
          autoComplete="off"
          spellCheck={false}
          value={draft.testZone}
          {...(problems.testZone !== undefined && { error: problems.testZone })}
          onValue={(testZone) => onDraft({ testZone })}
        />
        <TextField
          label="Name in it"
          className="mono"
          placeholder="lb.example.com"
          autoComplete="off"
          spellCheck={false}
          value={draft.testName}
          {...(problems.testName !== undefined && { error: problems.testName })}
          onValue={(testName) => onDraft({ testName })}
        />
      </div>
      <p className="tiny dimmer mt-1.5">
        {isUsed
          ? 'May be left empty: it is tried on one name in each zone where managed names use it.'
          : 'Reads the record and asks for leave to change it; changes nothing. Left empty it is stored untested.'}
      </p>
    </Part>
  );
}
