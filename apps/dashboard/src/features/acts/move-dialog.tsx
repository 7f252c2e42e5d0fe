import type { PoolView, PromotePreview, PromotionView } from '@serverctl/contract';
import { useEffect } from 'react';
import type { Act } from '../../lib/act/use-act.ts';
import { Failure } from '../../lib/failure.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { hostnameOf } from '../../lib/pool/names.ts';
import { Skeleton } from '../../ui/absent.tsx';
import { ActDialog, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { Age } from '../../ui/age.tsx';
import { Button } from '../../ui/button.tsx';
import { type CostLine, Costs } from '../../ui/costs.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Progress } from './progress.tsx';
import type { MoveRead } from './use-move.ts';

export interface MoveDialogProps {
  readonly pool: PoolView;
  readonly move: MoveRead;
  readonly act: Act<Said, PromotionView | null>;
  /** While nothing is previewed yet: "Cut DNS to a standby?" */
  readonly untitled: string;
  readonly words: (preview: PromotePreview, to: string) => MoveWords;
  /** What it costs besides. */
  readonly also?: readonly CostLine[];
  readonly onClose: () => void;
}

export interface MoveWords {
  readonly title: string;
  readonly lede: string;
  readonly keep: string;
  readonly verb: string;
  readonly doneTitle: string;
}

/** A switchover, an adoption or a repair: previewed, confirmed, then watched until every name server answers. */
export function MoveDialog({ pool, move, act, untitled, words, also = [], onClose }: MoveDialogProps) {
  const { preview, error, changes, costs, fresh } = move;
  useLooksAgain(act, move);
  const isOpen = act.state.kind !== 'working' && act.state.kind !== 'done';
  if (preview === undefined) return <Unread title={untitled} error={error} onAgain={move.again} onClose={onClose} />;
  const to = hostnameOf(pool, preview.toMemberId);
  return (
    <ActDialog
      {...words(preview, to)}
      needsReason
      reasonHint="Shown in the promotion and in the audit log."
      typeName={preview.ready ? null : to}
      blocked={isOpen ? lackOf(act, move) : null}
      act={act}
      done={(promotion) => <Progress pool={pool} promotion={promotion} />}
      onClose={onClose}
    >
      <RecordChange lines={changes} />
      <Costs lines={[...costs, ...also]} />
      {isOpen && (
        <p className="tiny dimmer">
          As read from the pool <ReadAgo atMs={move.readAtMs} /> ago.
        </p>
      )}
      <div className="vh" role="status">
        {fresh.isJustNow ? `The preview changed: ${[...fresh.lines].join('; ') || 'a line is gone'}` : ''}
      </div>
      {isOpen && error !== null && (
        <>
          <FailureNote error={error} />
          <Button focusableWhenDisabled disabled={move.isReading} onClick={move.again}>
            Look again
          </Button>
        </>
      )}
      {hasChanged(act) && error === null && (
        <p className="small">
          {move.isReading
            ? 'Nothing was changed. The preview is being read again.'
            : 'Nothing was changed. This is the preview as it is now.'}
        </p>
      )}
    </ActDialog>
  );
}

/** The server's sentences have ages in them that do not count on: how old they are does. */
function ReadAgo({ atMs }: { readonly atMs: number }) {
  const { store } = useLiveStore();
  return <Age sinceMs={atMs} serverOffsetMs={store.get().serverOffsetMs} />;
}

/** Why what is shown cannot be confirmed: it may not be the present. */
function lackOf(act: MoveDialogProps['act'], { error, isReading, fresh }: MoveRead): string | null {
  if (error !== null) return 'This is the last preview; the present one could not be read.';
  if (isReading && hasChanged(act)) return 'The preview is being read again.';
  return fresh.isJustNow ? 'The preview changed just now.' : null;
}

/** Refused since the pool is another by now: nothing was changed, and what is shown has to be the present. */
function hasChanged({ state }: MoveDialogProps['act']): boolean {
  return state.kind === 'failed' && state.error instanceof Failure && mendedByLooking.includes(state.error.code);
}
const mendedByLooking = ['pool_changed', 'target_not_ready'];

function useLooksAgain(act: MoveDialogProps['act'], { again }: MoveRead): void {
  const isChanged = hasChanged(act);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal, whatever `again` is by then
  useEffect(() => {
    if (isChanged) again();
  }, [isChanged]);
}

interface UnreadProps {
  readonly title: string;
  readonly error: unknown;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** The preview is being read, or there is none: then nothing can be confirmed, and the server says why. */
function Unread({ title, error, onAgain, onClose }: UnreadProps) {
  const foot = (
    <>
      <span className="small dim grow">Nothing has changed.</span>
      {error !== null && <Button onClick={onAgain}>Look again</Button>}
      <Button kind="prime" onClick={onClose}>
        Close
      </Button>
    </>
  );
  return (
    <Dialog title={title} foot={foot} onClose={onClose}>
      {error === null ? <Skeleton title="Asking what would change" lines={6} /> : <FailureNote error={error} />}
    </Dialog>
  );
}
