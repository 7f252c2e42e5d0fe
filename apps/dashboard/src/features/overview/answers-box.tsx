import type { PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { StateShape } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { type Answer, answersOf } from './answers.ts';
import { useTicks } from './use-ticks.ts';

/** The four answers, in their places on every pool page; at most one is tinted. */
export function AnswersBox({
  pool,
  last,
}: {
  readonly pool: PoolView;
  readonly last: PromotionView | null | undefined;
}) {
  const { store } = useLiveStore();
  useTicks();
  const { serving, from, ifItFails, lastChange, tinted } = answersOf(pool, last, store.serverNowMs());
  const cells = { serving, from, ifItFails, lastChange };
  return (
    <dl className="answers">
      {Object.entries(cells).map(([which, answer]) => (
        <Cell key={which} pool={pool} answer={answer} tint={tinted?.which === which ? tinted.tint : null} />
      ))}
    </dl>
  );
}

interface CellProps {
  readonly pool: PoolView;
  readonly answer: Answer;
  readonly tint: 'look' | 'bad' | null;
}

function Cell({ pool, answer, tint }: CellProps) {
  const { question, shape, mono, line, promotion, at } = answer;
  return (
    <div className={tint ?? undefined}>
      <dt>{question}</dt>
      <dd>
        <div className="a">
          {shape !== undefined && <StateShape shape={shape} />}
          <span className="line-clamp-3 min-w-0 wrap-anywhere" title={answer.answer}>
            {promotion === undefined ? (
              answer.answer
            ) : (
              <Link className="quiet" to="/pools/$pool/promotions/$promotion" params={{ pool: pool.id, promotion }}>
                {answer.answer}
              </Link>
            )}
          </span>
        </div>
        <div className="b">
          {mono !== undefined && <span className="mono">{mono}</span>}
          {mono !== undefined && line !== '' && ' · '}
          {at !== undefined && <When at={at} />}
          {line}
        </div>
      </dd>
    </div>
  );
}
