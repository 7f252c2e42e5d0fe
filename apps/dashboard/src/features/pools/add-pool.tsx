import type { PoolView } from '@serverctl/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { useLeaves } from '../../lib/act/use-leaves.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { Failure } from '../../lib/failure.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { presetChoices } from '../../lib/pool/presets.ts';
import { holderOf } from '../../lib/pool/taken.ts';
import { refusalText, refusedField } from '../../lib/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';

type Preset = PoolView['preset'];

interface Said {
  readonly preset: Preset;
  readonly name: string;
  readonly delay: string;
}

/** A new pool in two steps: what kind, then its name and how long to wait. It lands in the pool. */
export function AddPool({ onClose }: { readonly onClose: () => void }) {
  const [isNamed, setNamed] = useState(false);
  const [said, setSaid] = useState<Said>({ preset: 'haproxy', name: '', delay: '30' });
  const act = useAct(({ preset, name, delay }: Said) =>
    poolsApi.add({ preset, name: name.trim(), failoverDelaySeconds: Number(delay) }),
  );
  const { state } = act;
  useLeaves(`Add the pool ${said.name.trim()}?`, act);
  useLanding(state.kind === 'done' ? state.result.id : null);
  const change = (part: Partial<Said>) => {
    if (state.kind === 'working') return;
    setSaid({ ...said, ...part });
    act.reset();
  };
  if (state.kind === 'done') return <Added pool={state.result} onClose={onClose} />;
  if (state.kind === 'proof')
    return (
      <Dialog title="Add a pool" foot={<span className="small dimmer">Nothing was added yet.</span>} onClose={onClose}>
        <ProofForm onProven={act.goOn} onBack={act.reset} />
      </Dialog>
    );
  if (!isNamed) return <Kind said={said} onChange={change} onNext={() => setNamed(true)} onClose={onClose} />;
  return (
    <Named
      said={said}
      error={state.kind === 'failed' ? state.error : null}
      isWorking={state.kind === 'working'}
      onChange={change}
      onBack={() => setNamed(false)}
      onAdd={() => act.run(said)}
      onClose={onClose}
    />
  );
}

/** To the pool's page, once the stream has brought it: before that there would be no such pool. */
function useLanding(poolId: string | null): void {
  const navigate = useNavigate();
  const isKnown = useLive(({ pools }) => poolId !== null && pools?.has(poolId) === true);
  useEffect(() => {
    if (isKnown && poolId !== null) void navigate({ to: '/pools/$pool', params: { pool: poolId } });
  }, [isKnown, poolId, navigate]);
}

/** Until the stream brings it, which is at once but for a page that is not live. */
function Added({ pool: { id, name }, onClose }: { readonly pool: PoolView; readonly onClose: () => void }) {
  const foot = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>Close</Button>
      <Link className="btn prime" to="/pools/$pool" params={{ pool: id }}>
        Go to {name}
      </Link>
    </>
  );
  return (
    <Dialog title="Added" foot={foot} onClose={onClose}>
      <p role="status">
        The pool <b className="strong">{name}</b> was added. Its page opens as soon as this one has it.
      </p>
    </Dialog>
  );
}

interface KindProps {
  readonly said: Said;
  readonly onChange: (part: Partial<Said>) => void;
  readonly onNext: () => void;
  readonly onClose: () => void;
}

function Kind({ said, onChange, onNext, onClose }: KindProps) {
  const foot = (
    <>
      <span className="small dim grow">Step 1 of 2. It can be converted later.</span>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="prime" onClick={onNext}>
        Next
      </Button>
    </>
  );
  return (
    <Dialog
      title="Add a pool"
      lede="One name that clients use, and the hosts that can answer for it."
      foot={foot}
      onClose={onClose}
    >
      <ChoiceCards
        label="What kind of hosts are they?"
        choices={presetChoices}
        value={said.preset}
        onValue={(preset) => onChange({ preset })}
      />
    </Dialog>
  );
}

interface NamedProps {
  readonly said: Said;
  readonly error: unknown;
  readonly isWorking: boolean;
  readonly onChange: (part: Partial<Said>) => void;
  readonly onBack: () => void;
  readonly onAdd: () => void;
  readonly onClose: () => void;
}

function Named({ said, error, isWorking, onChange, onBack, onAdd, onClose }: NamedProps) {
  const form = useId();
  const stale = useStale();
  const pools = useLive((state) => state.pools);
  const holder = isWorking ? null : holderOf(said.name, pools?.values() ?? []);
  const isNumber = said.delay.trim() !== '' && Number.isFinite(Number(said.delay));
  const isInRange = isNumber && Number(said.delay) >= delay.least && Number(said.delay) <= delay.most;
  const lack = isWorking ? 'You may close this: it goes on.' : (stale ?? lackIn(said));
  const isReady = lack === null && holder === null;
  const field = error === null ? null : fieldOf(error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onAdd();
  };
  const foot = (
    <>
      <span className="small dim grow">
        {lack ?? 'Step 2 of 2. Nothing moves by itself before you switch that on.'}
      </span>
      {isWorking ? <Button onClick={onClose}>Close</Button> : <Button onClick={onBack}>Back</Button>}
      <Button kind="prime" type="submit" form={form} focusableWhenDisabled disabled={!isReady}>
        {isWorking ? 'Adding' : 'Add pool'}
      </Button>
    </>
  );
  const kind = said.preset === 'haproxy' ? 'A HAProxy pool' : 'A generic Linux pool';
  return (
    <Dialog title="Add a pool" lede={`${kind}.`} foot={foot} onClose={onClose}>
      <form id={form} className="grid gap-4.5" onSubmit={submit}>
        <TextField
          label="Name"
          hint="For people: letters, digits, dots, hyphens and underscores, at most 64. It can be changed."
          error={
            holder !== null
              ? `The pool ${holder.name} has this name already.`
              : field === 'name'
                ? refusalText(error)
                : null
          }
          value={said.name}
          readOnly={isWorking}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onValue={(name) => onChange({ name })}
        />
        <TextField
          label="Failover delay, in seconds"
          hint={`${delay.least} to ${delay.most}. A member that is not heard for ${isInRange ? `${said.delay.trim()} s` : 'so long'} counts as lost. Clients are back after this and the TTL of the name.`}
          error={isNumber ? (field === 'failoverDelay' ? refusalText(error) : null) : 'Write a number of seconds.'}
          value={said.delay}
          readOnly={isWorking}
          inputMode="numeric"
          autoComplete="off"
          onValue={(delay) => onChange({ delay })}
        />
        {error !== null && field === null && <FailureNote error={error} />}
      </form>
    </Dialog>
  );
}

/** As core has them; what is outside is the server's to refuse. */
const delay = { least: 10, most: 120 } as const;

/** Why it cannot be sent as it is; null = the server may judge it. */
function lackIn({ name, delay: seconds }: Said): string | null {
  if (name.trim() === '') return 'It needs a name.';
  return seconds.trim() !== '' && Number.isFinite(Number(seconds)) ? null : 'It needs a failover delay.';
}

/** Where a refusal is shown: at its field, else below all. */
function fieldOf(error: unknown): 'name' | 'failoverDelay' | null {
  const field = refusedField(error);
  if (field === 'name' || isNameTaken(error)) return 'name';
  return field?.startsWith('failoverDelay') === true ? 'failoverDelay' : null;
}

const isNameTaken = (error: unknown): boolean => error instanceof Failure && error.code === 'pool_name_taken';
