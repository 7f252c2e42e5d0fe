import type { PoolView, PromotionView } from '@serverctl/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { hostnameOf } from '../../lib/pool/names.ts';
import { actorWords, kindWords, type Part, timesOf } from '../../lib/pool/promotion-words.ts';
import { measuredText } from '../../lib/words.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateWord } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';

const mostShown = 6;
const looks: Readonly<Record<Part['part'], string>> = {
  detect: 'c-detect',
  decide: 'c-decide',
  publish: 'c-pub',
  verify: 'c-ver',
};

export interface PromotionsProps {
  readonly pool: PoolView;
  readonly promotions: UseQueryResult<readonly PromotionView[]>;
}

/** Who moved to whom, why, and how long it took until every name server gave the new address. */
export function Promotions({ pool, promotions: read }: PromotionsProps) {
  const [isWhole, setWhole] = useState(false);
  return (
    <Section id="promotions" title="Promotions" aside={<Legend />}>
      <Box>
        {read.isPending && <Skeleton title="Reading the promotions" lines={4} />}
        {read.isError && <Problem error={read.error} what="The promotions" onRetry={() => void read.refetch()} />}
        {read.data?.length === 0 && (
          <EmptyState title="Never moved">
            The first publish, and each move after it, is told here with its times.
          </EmptyState>
        )}
        {read.data !== undefined && read.data.length > 0 && (
          <List pool={pool} promotions={isWhole ? read.data : read.data.slice(0, mostShown)} />
        )}
        {read.data !== undefined && read.data.length > mostShown && !isWhole && (
          <p className="ev-more edge">
            <Button size="tiny" kind="bare" onClick={() => setWhole(true)}>
              Older promotions
            </Button>
          </p>
        )}
      </Box>
      <Median promotions={read.data ?? []} />
    </Section>
  );
}

/** Of the failovers that are shown; one or two have no median. */
function Median({ promotions }: { readonly promotions: readonly PromotionView[] }) {
  const failovers = promotions.filter(({ kind }) => kind === 'failover');
  const times = failovers.flatMap((one) => timesOf(one)?.allMs ?? []).toSorted((a, b) => a - b);
  const [median, slowest] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
  if (times.length < 3 || median === undefined || slowest === undefined) return null;
  return (
    <p className="sub-t">
      Median of the last {times.length} failovers: {measuredText(median)}. Slowest: {measuredText(slowest)}.
    </p>
  );
}

function Legend() {
  return (
    <span className="legend" aria-hidden="true">
      <span>
        <i className="c-detect" />
        detect
      </span>
      <span>
        <i className="c-pub" />
        publish
      </span>
      <span>
        <i className="c-ver" />
        verify
      </span>
    </span>
  );
}

function List({ pool, promotions }: { readonly pool: PoolView; readonly promotions: readonly PromotionView[] }) {
  const longestMs = Math.max(...promotions.map((one) => timesOf(one)?.allMs ?? 0));
  const columns: readonly Column<PromotionView>[] = [
    {
      title: 'What',
      cell: ({ id, kind, decidedAt }) => (
        <>
          <Link
            className="quiet strong"
            to="/pools/$pool/promotions/$promotion"
            params={{ pool: pool.id, promotion: id }}
          >
            {kindWords[kind]}
          </Link>
          <div className="dim nowrap">
            <When at={decidedAt} />
          </div>
        </>
      ),
    },
    { title: 'Move and reason', isWide: true, cell: (promotion) => <Move pool={pool} promotion={promotion} /> },
    { title: 'Parts', cell: (promotion) => <Meter promotion={promotion} longestMs={longestMs} /> },
    { title: 'Until all answered', isNumber: true, cell: (promotion) => <Until promotion={promotion} /> },
  ];
  return <DataTable className="pt" caption="Promotions" columns={columns} rows={promotions} keyOf={({ id }) => id} />;
}

function Move({ pool, promotion }: { readonly pool: PoolView; readonly promotion: PromotionView }) {
  const { fromMemberId, toMemberId, reason, sentence } = promotion;
  const why = reason === null ? sentence : `${actorWords(promotion.actor)}, “${reason}”`;
  return (
    <>
      <span className="nowrap">
        {fromMemberId !== null && fromMemberId !== toMemberId && (
          <>
            {hostnameOf(pool, fromMemberId)} <span className="dimmer">→</span>{' '}
          </>
        )}
        {hostnameOf(pool, toMemberId)}
      </span>
      <div className="dim cut" title={why}>
        {why}
      </div>
    </>
  );
}

/** To scale with the longest one shown; the number beside it says the same. */
function Meter({ promotion, longestMs }: { readonly promotion: PromotionView; readonly longestMs: number }) {
  const times = timesOf(promotion);
  if (times === null || longestMs === 0) return null;
  return (
    <span className="meter-room">
      <span className="meter" aria-hidden="true" style={{ width: `${Math.max(4, (times.allMs / longestMs) * 100)}%` }}>
        {times.parts.map(({ part, ms }) => (
          <i key={part} className={looks[part]} style={{ flexGrow: ms }} />
        ))}
      </span>
    </span>
  );
}

function Until({ promotion }: { readonly promotion: PromotionView }) {
  const times = timesOf(promotion);
  if (times !== null) return <span className="strong nowrap">{measuredText(times.allMs)}</span>;
  if (promotion.state === 'superseded') return <span className="dim nowrap">overtaken</span>;
  return (
    <StateWord shape="running" className="small">
      {promotion.state === 'publishing' ? 'Publishing' : 'Verifying'}
    </StateWord>
  );
}
