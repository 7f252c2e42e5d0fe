import type { FirstPublishInput, FirstPublishView, MemberStatus, PoolView, PromoteResult } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { type Act, useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CheckField, SelectField } from '../../ui/field.tsx';
import { StateWord } from '../../ui/state.tsx';
import { FirstPublishDone } from './first-publish-done.tsx';
import { NothingToPublish, PublishFrame } from './nothing-to-publish.tsx';
import {
  askedText,
  confirmedInput,
  needsTakeOver,
  publishLines,
  toKnow,
  type Yes,
  type YesFor,
  yesTo,
} from './publish-lines.ts';
import { firstPublishQuery } from './queries.ts';
import { Warnings } from './trial-report.tsx';
import { useSteady } from './use-settled.ts';
import { ownerOf } from './words.ts';

/** The records are read and a member is proposed; a person confirms, and that is epoch 1 (PRODUCT.md, section 4). */
export function FirstPublish({ pool, onClose }: ActProps) {
  const [isDone, setDone] = useState(false);
  const hasNames = pool.status.bindings.length > 0;
  const isActive = pool.activeMemberId !== null;
  const preview = useQuery({ ...firstPublishQuery(pool.id), enabled: hasNames && !isActive && !isDone });
  const hasMembers = pool.status.members.length > 0;
  if (!isDone && (isActive || !hasNames || !hasMembers)) return <NothingToPublish pool={pool} onClose={onClose} />;
  if (preview.data !== undefined)
    return <Preview pool={pool} view={preview.data} onDone={() => setDone(true)} onClose={onClose} />;
  return (
    <PublishFrame pool={pool} onClose={onClose}>
      {preview.isError ? (
        <Problem error={preview.error} what="The records" onRetry={() => void preview.refetch()} />
      ) : (
        <Skeleton title="Reading the records at their provider" lines={5} />
      )}
    </PublishFrame>
  );
}

interface PreviewProps {
  readonly pool: PoolView;
  readonly view: FirstPublishView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Preview({ pool, view, onDone, onClose }: PreviewProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [said, setSaid] = useState<YesFor | null>(null);
  const member = pool.status.members.find(({ id }) => id === (chosen ?? view.proposedMemberId)) ?? null;
  const asks = {
    takeOver: member !== null && needsTakeOver(view, member.id),
    notReady: member !== null && !member.ready,
  };
  const lines = publishLines(view, member, (address) => ownerOf(pool, address));
  const asked = askedText(view, member, lines);
  // Dropped, and not only disregarded: it would be back where what stands there becomes what it was.
  if (said !== null && said.asked !== asked) setSaid(null);
  const saidYes = yesTo(asked, said);
  const yes = { takeOver: asks.takeOver && saidYes.takeOver, notReady: asks.notReady && saidYes.notReady };
  const sent = useAct((input: FirstPublishInput) => poolsApi.firstPublish(pool.id, input), onDone);
  const act: Act<Said, PromoteResult> = {
    ...sent,
    run: ({ reason }) => sent.run(confirmedInput(view, member?.id ?? '', yes, reason)),
  };
  const isSteady = useSteady(asked, chosen ?? '');
  const hostname = member?.hostname ?? 'a member';
  return (
    <ActDialog
      title={act.state.kind === 'done' ? `First publish of ${pool.name}` : `Publish ${hostname}?`}
      lede={`The first publish of ${pool.name}: from then on its records follow the active member.`}
      needsReason={yes.takeOver}
      typeName={typedName(view, member, yes)}
      keep="Publish nothing"
      verb={`Publish ${hostname}`}
      blocked={isSteady ? whyBlocked(view, member, asks, yes) : 'What stands there has changed just now: look again.'}
      act={act}
      done={(result) => <FirstPublishDone pool={pool} result={result} />}
      onClose={onClose}
    >
      <p className="wrap-anywhere">{view.sentence}</p>
      <Choice pool={pool} member={member} onChoose={setChosen} act={act} />
      {lines.length > 0 && <RecordChange lines={lines} />}
      <Knowing view={view} />
      <Yeses asks={asks} yes={yes} member={member} onYes={(yes) => setSaid({ yes, asked })} />
    </ActDialog>
  );
}

function whyBlocked(view: FirstPublishView, member: MemberStatus | null, asks: Yes, yes: Yes): string | null {
  if (view.kind === 'impossible') return 'Nothing can be written there as it is.';
  if (member === null) return 'Choose a member.';
  if (asks.takeOver && !yes.takeOver) return 'Say yes to replacing what is there.';
  return asks.notReady && !yes.notReady ? 'It is not ready: say yes, or wait until it is.' : null;
}

/** What is to be typed: the record that is taken over, else the member that is not ready. */
function typedName(view: FirstPublishView, member: MemberStatus | null, yes: Yes): string | null {
  if (yes.takeOver) return (view.records.find(({ notOurs }) => notOurs !== null) ?? view.records[0])?.name ?? null;
  return yes.notReady ? (member?.hostname ?? null) : null;
}

interface ChoiceProps {
  readonly pool: PoolView;
  readonly member: MemberStatus | null;
  readonly onChoose: (id: string) => void;
  readonly act: Act<Said, PromoteResult>;
}

/** Anybody can be chosen; how each does is said before. */
function Choice({ pool, member, onChoose, act }: ChoiceProps) {
  const choices = pool.status.members.map(({ id, hostname, ready }) => ({
    value: id,
    word: `${hostname}, ${ready ? 'ready' : 'not ready'}`,
  }));
  const all = member === null ? [{ value: '', word: 'Choose a member' }, ...choices] : choices;
  return (
    <div className="grid gap-2">
      <SelectField
        label="Who becomes active"
        value={member?.id ?? ''}
        choices={all}
        disabled={act.state.kind === 'working'}
        onValue={(id) => {
          onChoose(id);
          act.reset();
        }}
      />
      {member !== null && (
        <div className="row wrap small">
          <StateWord shape={member.ready ? 'healthy' : 'needs-you'}>{member.ready ? 'Ready' : 'Not ready'}</StateWord>
          <span className="dim wrap-anywhere">{member.standingSentence}</span>
        </div>
      )}
    </div>
  );
}

function Knowing({ view }: { readonly view: FirstPublishView }) {
  const sentences = toKnow(view);
  return sentences.length === 0 ? null : (
    <Part title="To know before">
      <Warnings warnings={sentences} />
    </Part>
  );
}

interface YesesProps {
  readonly asks: Yes;
  readonly yes: Yes;
  readonly member: MemberStatus | null;
  readonly onYes: (yes: Yes) => void;
}

function Yeses({ asks, yes, member, onYes }: YesesProps) {
  return (
    <>
      {asks.takeOver && (
        <CheckField
          label="Replace what is there: it is not ours, or names another member"
          hint="The yes is for the marks that are shown: when another stands there by then, nothing changes."
          checked={yes.takeOver}
          onChecked={(takeOver) => onYes({ ...yes, takeOver })}
        />
      )}
      {asks.notReady && (
        <CheckField
          label={`Publish ${member?.hostname} although it is not ready`}
          checked={yes.notReady}
          onChecked={(notReady) => onYes({ ...yes, notReady })}
        />
      )}
    </>
  );
}
