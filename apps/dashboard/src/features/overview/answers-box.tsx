import type { PoolView, PromotionView } from '@serverctl/contract';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { StateShape } from '../../ui/state.tsx';
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
        <Cell key={which} answer={answer} tint={tinted?.which === which ? tinted.tint : null} />
      ))}
    </dl>
  );
}

function Cell({ answer, tint }: { readonly answer: Answer; readonly tint: 'look' | 'bad' | null }) {
  const { question, shape, mono, line } = answer;
  return (
    <div className={tint ?? undefined}>
      <dt>{question}</dt>
      <dd>
        <div className="a">
          {shape !== undefined && <StateShape shape={shape} />}
          <span className="line-clamp-3 min-w-0 wrap-anywhere" title={answer.answer}>
            {answer.answer}
          </span>
        </div>
        <div className="b">
          {mono !== undefined && <span className="mono">{mono}</span>}
          {mono !== undefined && line !== '' && ' · '}
          {line}
        </div>
      </dd>
    </div>
  );
}
