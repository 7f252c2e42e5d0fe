import type { BindingStatus, PoolView } from '@serverctl/contract';
import { ActLink } from '../../ui/act-link.tsx';
import { Note } from '../../ui/note.tsx';
import { useWhyNoPromotion } from './may-write.ts';
import { Since } from './since.tsx';
import { laggingText } from './zone-servers.ts';

/** What stands in the way of a record, in the server’s words, and what can be done about it. */
export function RecordTrouble({ pool, record }: { readonly pool: PoolView; readonly record: BindingStatus }) {
  const { drift, error, state } = record;
  const lagging = state === 'partial' ? laggingText(record) : null;
  return (
    <>
      {drift !== null && <Drift poolId={pool.id} sentence={drift.sentence} since={drift.since} />}
      {lagging !== null && (
        <Note shape="needs-you">
          <b>{lagging}</b> The provider has taken the write. Each server is asked again and again until it has it, too.
        </Note>
      )}
      {error !== null && (
        <Note shape={state === 'blocked' ? 'refused' : 'needs-you'}>
          <b>{error.message}</b> {error.remedy}
          {state === 'blocked' && ` ${blockedSentence(pool)}`}
        </Note>
      )}
    </>
  );
}

const blockedSentence = ({ status }: PoolView): string =>
  status.state === 'blocked' ? status.sentence : 'It is tried again by itself.';

interface DriftProps {
  readonly poolId: string;
  readonly sentence: string;
  readonly since: string;
}

/** Left as it is until a person says which: what was found is right, or what was wished. */
function Drift({ poolId, sentence, since }: DriftProps) {
  const why = useWhyNoPromotion(poolId);
  return (
    <Note shape="needs-you">
      <div className="row wrap">
        <span className="grow drift-words">
          <b>{sentence}</b> Found <Since at={since} /> ago, and left as it is.
        </span>
        <ActLink act="repair" size="tiny" why={why}>
          Repair…
        </ActLink>
        <ActLink act="adopt" size="tiny" why={why}>
          Adopt…
        </ActLink>
      </div>
    </Note>
  );
}
