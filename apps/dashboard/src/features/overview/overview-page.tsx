import { usePool } from '../../lib/pool/use-pool.ts';
import { useTitle } from '../../lib/use-title.ts';
import { AnswersBox } from './answers-box.tsx';
import { Events } from './events.tsx';
import { useLivePromotions } from './live-promotions.ts';
import { MemberCards } from './member-cards.tsx';
import { NextInLine } from './next-in-line.tsx';
import { NoMember } from './no-member.tsx';
import { Promotions } from './promotions.tsx';
import { Running } from './running.tsx';
import { Spoken } from './spoken.tsx';
import { TrafficFlow } from './traffic-flow.tsx';
import { useAwaited } from './use-awaited.ts';

/** One pool: the four answers, its traffic, its members, and what happened. */
export function OverviewPage() {
  const pool = usePool();
  useTitle(pool.name);
  const { query: promotions, last } = useLivePromotions(pool);
  const isAwaited = useAwaited(promotions.isPending);
  if (pool.status.members.length === 0 && pool.activeMemberId === null) return <NoMember pool={pool} />;
  if (isAwaited) return <div className="min-h-screen" />;
  return (
    <>
      <Spoken pool={pool} />
      <AnswersBox pool={pool} last={last} />
      <Running pool={pool} last={last} isFailed={promotions.isError} />
      {pool.preset === 'haproxy' && <TrafficFlow pool={pool} last={last ?? null} />}
      <MemberCards pool={pool} last={last ?? null} />
      <div className="cols c2 sec">
        <div>
          <NextInLine pool={pool} />
          <Events pool={pool} />
        </div>
        <Promotions pool={pool} promotions={promotions} />
      </div>
    </>
  );
}
