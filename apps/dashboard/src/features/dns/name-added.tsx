import type { BindingAdded, PoolView } from '@serverctl/contract';
import { ActLink } from '../../ui/act-link.tsx';
import { Note } from '../../ui/note.tsx';
import { useWhyNoPromotion } from './may-write.ts';
import { PublishRows } from './publish-rows.tsx';
import { Warnings } from './trial-report.tsx';

/** What came of it: with an active member it is published at once, without one it waits for the first publish. */
export function NameAdded({ pool, added }: { readonly pool: PoolView; readonly added: BindingAdded }) {
  const { binding, test, aaaa } = added;
  const why = useWhyNoPromotion(pool.id);
  const isPublished = pool.activeMemberId !== null;
  return (
    <div className="grid gap-4.5">
      <Note shape="healthy">
        <b>{binding.name} is managed now.</b>{' '}
        {isPublished ? 'The active member’s address is being published.' : 'Nothing was written.'}
      </Note>
      <p className="small dim">{binding.ttlSentence}</p>
      <Warnings warnings={[...new Set([...test.warnings, ...(aaaa?.test.warnings ?? [])])]} />
      {isPublished ? (
        <PublishRows pool={pool} names={[binding.name]} />
      ) : (
        <div>
          <ActLink act="first-publish" why={why}>
            Go on to the first publish…
          </ActLink>
        </div>
      )}
    </div>
  );
}
