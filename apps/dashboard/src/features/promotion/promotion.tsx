import type { PoolView, PromotionDetail } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { hostnameOf } from '../../lib/pool/names.ts';
import { actorWords, causeWords, kindWords } from '../../lib/pool/promotion-words.ts';
import { frameLoop } from '../../platform/frame-loop.ts';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { When } from '../../ui/when.tsx';
import { Afterwards } from './afterwards.tsx';
import { Evidence } from './evidence.tsx';
import { NameServers } from './name-servers.tsx';
import { PromotionActs } from './promotion-acts.tsx';
import { verdictOf } from './verdict.ts';
import { waterfallOf } from './waterfall.ts';
import { WaterfallChart } from './waterfall-chart.tsx';
import { WhyTable } from './why-table.tsx';

export interface PromotionProps {
  readonly pool: PoolView;
  readonly promotion: PromotionDetail;
}

export function Promotion({ pool, promotion }: PromotionProps) {
  const nowMs = useServerNow();
  const waterfall = waterfallOf(promotion, promotion.why, pool.status.bindings.length, nowMs);
  return (
    <>
      <Head pool={pool} promotion={promotion} />
      <WaterfallChart promotion={promotion} waterfall={waterfall} />
      <WhyTable pool={pool} promotion={promotion} />
      <Evidence promotion={promotion} />
      <div className="cols even sec">
        <NameServers pool={pool} promotion={promotion} />
        <Afterwards pool={pool} promotion={promotion} />
      </div>
    </>
  );
}

/** By the page's one loop; what runs grows with it. */
function useServerNow(): number {
  const { store } = useLiveStore();
  const [nowMs, setNowMs] = useState(() => store.serverNowMs());
  useEffect(() => frameLoop.onTick(() => setNowMs(Math.floor(store.serverNowMs() / 1_000) * 1_000)), [store]);
  return nowMs;
}

function Head({ pool, promotion }: PromotionProps) {
  const { kind, toMemberId, decidedAt, cause, actor, epoch, reason, state } = promotion;
  return (
    <div className="p-head">
      <div className="grow">
        <div className="row">
          <h2>
            {kindWords[kind]} to {hostnameOf(pool, toMemberId)}
          </h2>
          {state === 'superseded' && <Tag>Overtaken</Tag>}
          {(state === 'publishing' || state === 'verifying') && (
            <StateWord shape="running" className="small">
              {state === 'publishing' ? 'Publishing' : 'Verifying'}
            </StateWord>
          )}
        </div>
        <p className="lead">
          {promotion.sentence} <b>{verdictOf(promotion)}</b>
        </p>
        <div className="meta">
          <span>
            <When at={decidedAt} />, <b>{<When at={decidedAt} as="precise" />}</b>
          </span>
          <span>
            Pool{' '}
            <Link to="/pools/$pool" params={{ pool: pool.id }}>
              {pool.name}
            </Link>
          </span>
          <span>
            Why <b>{causeWords(cause)}</b>
          </span>
          <span>
            Decided by <b>{actorWords(actor)}</b>
          </span>
          {reason !== null && (
            <span>
              Reason <b>“{reason}”</b>
            </span>
          )}
          <span>
            Epoch <b>{epoch}</b>
          </span>
        </div>
      </div>
      <PromotionActs promotion={promotion} />
    </div>
  );
}
