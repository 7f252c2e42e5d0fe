import { useQuery } from '@tanstack/react-query';
import { usePool } from '../../lib/pool/use-pool.ts';
import { promotionsQuery } from '../../lib/queries.ts';
import { useTitle } from '../../lib/use-title.ts';
import { AnswersBox } from './answers-box.tsx';
import { Events } from './events.tsx';
import { MemberCards } from './member-cards.tsx';
import { NextInLine } from './next-in-line.tsx';
import { NoMember } from './no-member.tsx';
import { Promotions } from './promotions.tsx';
import { TrafficFlow } from './traffic-flow.tsx';

/** One pool: the four answers, its traffic, its members, and what happened. */
export function OverviewPage() {
  const pool = usePool();
  useTitle(pool.name);
  const promotions = useQuery(promotionsQuery(pool.id));
  const last = promotions.data === undefined ? undefined : (promotions.data[0] ?? null);
  if (pool.status.members.length === 0 && pool.activeMemberId === null) return <NoMember pool={pool} />;
  return (
    <>
      <AnswersBox pool={pool} last={last} />
      {pool.preset === 'haproxy' && <TrafficFlow pool={pool} last={last ?? null} />}
      <MemberCards pool={pool} last={last ?? null} />
      <div className="cols c2 sec">
        <div>
          <NextInLine pool={pool} />
          <Events poolId={pool.id} />
        </div>
        <Promotions pool={pool} promotions={promotions} />
      </div>
    </>
  );
}
