import type { PoolView, PromoteResult } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { isPublished, namesOf } from '../../lib/pool/names.ts';
import { StateWord } from '../../ui/state.tsx';
import { PublishRows } from './publish-rows.tsx';

/** The write, as it goes on: until every name server answers, and after that what came of it. */
export function FirstPublishDone({ pool, result }: { readonly pool: PoolView; readonly result: PromoteResult }) {
  const { preview, promotion } = result;
  const isAll = pool.status.bindings.every((one) => one.state === 'published' && isPublished(one));
  return (
    <div className="grid gap-4.5">
      <div className="grid gap-1.5">
        <StateWord shape={isAll ? 'healthy' : 'running'}>
          {isAll ? 'Every name server answers it' : 'Publishing'}
        </StateWord>
        <p className="wrap-anywhere">{preview.sentence}</p>
      </div>
      <PublishRows pool={pool} names={namesOf(pool)} />
      {promotion !== null && (
        <p className="small">
          <Link to="/pools/$pool/promotions/$promotion" params={{ pool: pool.id, promotion: promotion.id }}>
            How it went, step by step
          </Link>
        </p>
      )}
    </div>
  );
}
