import type { BindingChanged, BindingStatus, PoolView } from '@serverctl/contract';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { useCredentials, useMayReadCredentials } from '../../lib/pool/use-credentials.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { type CredentialChoice, choiceOf, usedChoices } from './credential-choice.ts';
import { patchLines, patchOf, settingsOf, trialInputs, ttlProblem } from './name-draft.ts';
import { CredentialField, WishFields } from './name-fields.tsx';
import { NoSuchName } from './no-such-name.tsx';
import { PublishRows } from './publish-rows.tsx';
import { Warnings } from './trial-report.tsx';
import { Trying } from './trying.tsx';
import { recordsByName } from './words.ts';

/** Another TTL, proxied or credential: tried before it is stored. */
export function EditName({ pool, name, onClose }: ActProps) {
  const credentials = useCredentials(pool);
  const mayRead = useMayReadCredentials();
  const named = recordsByName(pool).find((one) => one.name === name || one.records.some(({ id }) => id === name));
  if (named === undefined) return <NoSuchName pool={pool} name={name} onClose={onClose} />;
  if (mayRead && credentials.data === undefined)
    return (
      <Dialog title={`Change ${named.name}`} foot={<Button onClick={onClose}>Close</Button>} onClose={onClose}>
        {credentials.isError ? (
          <Problem error={credentials.error} what="The credentials" onRetry={() => void credentials.refetch()} />
        ) : (
          <Skeleton title="Reading the credentials" lines={4} />
        )}
      </Dialog>
    );
  return (
    <Form
      pool={pool}
      name={named.name}
      records={named.records}
      credentials={credentials.data?.map(choiceOf) ?? usedChoices(pool)}
      onClose={onClose}
    />
  );
}

interface FormProps {
  readonly pool: PoolView;
  readonly name: string;
  readonly records: readonly BindingStatus[];
  readonly credentials: readonly CredentialChoice[];
  readonly onClose: () => void;
}

function Form({ pool, name, records, credentials, onClose }: FormProps) {
  const [before] = useState(records);
  const [first] = before;
  const [draft, setDraft] = useState(first === undefined ? unset : settingsOf(first));
  const patch = patchOf(before, draft);
  const act = useAct<Said, BindingChanged>(() => dnsApi.setName(pool.id, name, patch));
  const nameOf = (id: string) => credentials.find((one) => one.id === id)?.word ?? id;
  const isChanged = Object.keys(patch).length > 0;
  const inputs = before.flatMap((one) =>
    trialInputs({ ...draft, name, zone: one.zone, families: one.type === 'A' ? 'ipv4' : 'ipv6' }),
  );
  return (
    <ActDialog
      title={act.state.kind === 'done' ? `${name} is changed` : `Change ${name}?`}
      lede={before.length > 1 ? 'Both of its records are changed, or neither.' : 'It is tried before it is stored.'}
      needsReason={false}
      keep="Leave it as it is"
      verb={`Change ${name}`}
      blocked={ttlProblem(draft.ttl) ?? (isChanged ? null : 'Nothing is changed yet.')}
      act={act}
      done={(changed) => <Changed pool={pool} name={name} changed={changed} />}
      onClose={onClose}
    >
      <WishFields credentials={credentials} draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
      <CredentialField credentials={credentials} draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
      {isChanged && <RecordChange lines={patchLines(before, patch, nameOf)} />}
      {isChanged && <Trying title="What comes of it" credentialId={draft.credentialId} inputs={inputs} />}
    </ActDialog>
  );
}

const unset = { credentialId: '', ttl: '', proxied: 'keep' } as const;

function Changed({ pool, name, changed: { records } }: { pool: PoolView; name: string; changed: BindingChanged }) {
  return (
    <div className="grid gap-3">
      <p>
        These are the settings of <span className="mono wrap-anywhere">{name}</span> now.{' '}
        {records[0]?.binding.ttlSentence}
      </p>
      <Warnings warnings={[...new Set(records.flatMap(({ test }) => test.warnings))]} />
      {pool.activeMemberId !== null && <PublishRows pool={pool} names={[name]} />}
    </div>
  );
}
