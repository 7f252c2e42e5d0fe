import type { BindingAdded, CredentialView, PoolView } from '@serverctl/contract';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { activeOf } from '../../lib/pool/names.ts';
import { useCredentials, useMayReadCredentials } from '../../lib/pool/use-credentials.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type CredentialChoice, choiceOf, usedChoices } from './credential-choice.ts';
import { CredentialDialog } from './credential-dialog.tsx';
import type { SavedCredential } from './credential-draft.ts';
import { useWhyNoDnsWrite } from './may-write.ts';
import { NameAdded } from './name-added.tsx';
import { bindingInputOf, defaultTtl, familyChoices, missingIn, type NameDraft, trialInputs } from './name-draft.ts';
import { CredentialField, WishFields } from './name-fields.tsx';
import { readStands, type Stands, TakeOver } from './take-over.tsx';
import { Trying } from './trying.tsx';

/** A name to manage: what stands there is shown before anything is written. */
export function AddName({ pool, onClose }: ActProps) {
  const credentials = useCredentials(pool);
  const mayRead = useMayReadCredentials();
  const [isAdding, setAdding] = useState(false);
  const [fresh, setFresh] = useState<SavedCredential | null>(null);
  const title = `Manage a name in ${pool.name}`;
  // Once it is open it stays until its result was read, though by then there is a credential.
  if (!isAdding && credentials.data?.length === 0 && fresh === null) setAdding(true);
  if (isAdding)
    return (
      <CredentialDialog
        before={null}
        after="Go on with the name"
        onSaved={(saved) => {
          setFresh(saved);
          setAdding(false);
        }}
        onClose={onClose}
      />
    );
  const used = usedChoices(pool);
  if (credentials.data === undefined && (mayRead || used.length === 0))
    return (
      <Dialog title={title} foot={<Button onClick={onClose}>Close</Button>} onClose={onClose}>
        {!mayRead ? (
          <EmptyState title="No credential that you may use">
            A name is written with a DNS credential, and credentials belong to all pools. Administrators of all pools
            manage the first name here, by choosing one; from then on you can manage names with it, too.
          </EmptyState>
        ) : credentials.isError ? (
          <Problem error={credentials.error} what="The credentials" onRetry={() => void credentials.refetch()} />
        ) : (
          <Skeleton title="Reading the credentials" lines={4} />
        )}
      </Dialog>
    );
  const known = credentials.data === undefined ? used : withFresh(credentials.data, fresh).map(choiceOf);
  return (
    <NameForm
      key={fresh?.saved.credential.id}
      pool={pool}
      credentials={known}
      first={firstDraft(pool, known, fresh)}
      onAddCredential={() => setAdding(true)}
      onClose={onClose}
    />
  );
}

/** The list may be from before it was stored. */
function withFresh(credentials: readonly CredentialView[], fresh: SavedCredential | null): readonly CredentialView[] {
  if (fresh === null || credentials.some(({ id }) => id === fresh.saved.credential.id)) return credentials;
  return [...credentials, fresh.saved.credential];
}

/** As the pool’s other names are, or as the credential was tried. */
function firstDraft(pool: PoolView, known: readonly CredentialChoice[], fresh: SavedCredential | null): NameDraft {
  const [other] = pool.status.bindings;
  return {
    credentialId: fresh?.saved.credential.id ?? other?.credentialId ?? known[0]?.id ?? '',
    zone: fresh?.triedOn.testZone || (other?.zone ?? known[0]?.zone ?? ''),
    name: fresh?.triedOn.testName ?? '',
    families: 'ipv4',
    ttl: defaultTtl,
    proxied: 'keep',
  };
}

interface NameFormProps {
  readonly pool: PoolView;
  readonly credentials: readonly CredentialChoice[];
  readonly first: NameDraft;
  readonly onAddCredential: () => void;
  readonly onClose: () => void;
}

function NameForm({ pool, credentials, first, onAddCredential, onClose }: NameFormProps) {
  const [draft, setDraft] = useState(first);
  const [isYes, setYes] = useState(false);
  // What a refusal showed stays until something else is asked for: the yes is for that, and goes with it.
  const [stands, setStands] = useState<Stands | null>(null);
  const act = useAct<Said, BindingAdded>(() => {
    const yes = stands === null || !isYes ? {} : { takeOver: true, ...stands.marks };
    return dnsApi.addName(pool.id, { ...bindingInputOf(draft), ...yes }).catch((error: unknown) => {
      const shown = readStands(error);
      if (shown !== null) setStands(shown);
      throw error;
    });
  });
  const change = (part: Partial<NameDraft>) => {
    setDraft({ ...draft, ...part });
    setStands(null);
    setYes(false);
    act.reset();
  };
  const notAdded = useWhyNoDnsWrite(null);
  const active = activeOf(pool);
  const named = draft.name.trim();
  const blocked =
    missingIn(draft) ?? (stands !== null && !isYes ? 'Say yes to replacing it, or choose another name.' : null);
  return (
    <ActDialog
      title={`Manage a name in ${pool.name}${act.state.kind === 'done' ? '' : '?'}`}
      lede={
        active === null
          ? 'It is tried, and stored. Nothing is written before the first publish, which asks.'
          : `Its record gets the address of ${active.hostname}, the active member, at once.`
      }
      needsReason={false}
      typeName={stands !== null && isYes ? named : null}
      keep="Leave it"
      verb={stands === null ? 'Manage the name' : 'Take it over'}
      blocked={blocked}
      act={act}
      done={(added) => <NameAdded pool={pool} added={added} />}
      onClose={onClose}
    >
      <div className="with-side">
        <CredentialField credentials={credentials} draft={draft} onChange={change} />
        <Button
          disabled={notAdded !== null}
          focusableWhenDisabled
          title={notAdded ?? undefined}
          onClick={onAddCredential}
        >
          Add one…
          {notAdded !== null && <span className="vh">. {notAdded}</span>}
        </Button>
      </div>
      <div className="two">
        <TextField
          label="Zone"
          hint="As your provider holds it."
          className="mono"
          spellCheck={false}
          value={draft.zone}
          onValue={(zone) => change({ zone })}
        />
        <TextField
          label="Name"
          hint="In full. The zone’s own name will do, too."
          className="mono"
          spellCheck={false}
          value={draft.name}
          onValue={(name) => change({ name })}
        />
      </div>
      <SelectField
        label="Families"
        value={draft.families}
        choices={familyChoices}
        onValue={(families) => change({ families })}
      />
      <WishFields credentials={credentials} draft={draft} onChange={change} />
      <Trying title="What stands there now" credentialId={draft.credentialId} inputs={trialInputs(draft)} />
      {stands !== null && <TakeOver stands={stands} isYes={isYes} onYes={setYes} />}
    </ActDialog>
  );
}
