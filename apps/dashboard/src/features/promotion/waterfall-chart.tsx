import type { PromotionDetail } from '@serverctl/contract';
import type { CSSProperties } from 'react';
import { measuredText } from '../../lib/words.ts';
import { Box, Section } from '../../ui/box.tsx';
import { When } from '../../ui/when.tsx';
import { ticksOf, type Waterfall, type WaterfallBar } from './waterfall.ts';

const axisText = (ms: number): string =>
  ms === 0 ? '0 s' : ms % 1_000 === 0 && ms < 60_000 ? `${ms / 1_000} s` : measuredText(ms);

export interface WaterfallChartProps {
  readonly promotion: PromotionDetail;
  readonly waterfall: Waterfall;
}

/** The stretches to scale, with the value beside each, and whose they were. */
export function WaterfallChart({
  promotion,
  waterfall: { bars, spanMs, byUsMs, byYouMs, byYou, besidesMs },
}: WaterfallChartProps) {
  const { everyMs, ticks } = ticksOf(spanMs);
  const isFirst = promotion.steps.some(({ step }) => step === 'last-heartbeat');
  const from = isFirst
    ? 'the last heartbeat'
    : promotion.steps.some(({ step }) => step === 'detected')
      ? 'the trouble'
      : 'the decision';
  return (
    <Section id="timeline" title="Timeline" hint={`to scale, ${measuredText(spanMs)} from ${from}`} className="sec">
      <Box>
        {bars.length === 0 ? (
          <p className="pane small dim">Nothing but the decision was measured.</p>
        ) : (
          <div className="wf">
            <ol style={{ '--tick': `${(everyMs / spanMs) * 100}%` } as CSSProperties}>
              {bars.map((bar) => (
                <Bar key={bar.title} bar={bar} spanMs={spanMs} />
              ))}
            </ol>
            <div className="axis" aria-hidden="true">
              <span />
              <div>
                {ticks.map((ms) => (
                  <span key={ms} style={{ left: `${(ms / spanMs) * 100}%` }}>
                    {axisText(ms)}
                  </span>
                ))}
              </div>
              <span />
            </div>
          </div>
        )}
        <div className="cutline">
          <span>
            Caused by us <b>{measuredText(byUsMs)}</b> (decide, publish, verify)
          </span>
          <span>
            Set by you <b>{measuredText(byYouMs)}</b>
            {byYou !== '' && ` (${byYou})`}
          </span>
          {besidesMs > 0 && (
            <span>
              Waited besides <b>{measuredText(besidesMs)}</b> (for a ready standby, or a limit on promotions)
            </span>
          )}
          <RecordMove promotion={promotion} />
        </div>
      </Box>
    </Section>
  );
}

/** The value stands right of its bar, or left of one that ends near the edge. */
function Bar({
  bar: { title, sub, look, fromMs, toMs, at },
  spanMs,
}: {
  readonly bar: WaterfallBar;
  readonly spanMs: number;
}) {
  const left = (fromMs / spanMs) * 100;
  const width = ((toMs - fromMs) / spanMs) * 100;
  const hasRoom = left + width < 84;
  const isOver = !hasRoom && left < 14;
  const place = hasRoom ? { left: `${left + width}%` } : isOver ? { right: 0 } : { right: `${100 - left}%` };
  return (
    <li>
      <div className="wn">
        <b>{title}</b>
        <span>{sub}</span>
      </div>
      <div className="wt">
        <i
          className={`${look} ${at === null ? 'live-end' : ''}`}
          style={{ left: `min(${left}%, calc(100% - 3px))`, width: `${width}%` }}
        />
        <em style={place} className={isOver ? 'over' : ''}>
          {measuredText(toMs - fromMs)}
        </em>
      </div>
      <div className="wa mono">{at === null ? 'running' : <When at={at} as="precise" />}</div>
    </li>
  );
}

/** By the addresses that the evidence has of both. */
function RecordMove({ promotion: { why, fromMemberId, toMemberId } }: { readonly promotion: PromotionDetail }) {
  const of = (id: string | null) => why?.members.find(({ memberId }) => memberId === id)?.addresses.join(', ') ?? '';
  const [from, to] = [of(fromMemberId), of(toMemberId)];
  if (to === '' || from === to) return null;
  return (
    <>
      <span className="grow" />
      <span>
        Record change {from !== '' && <s className="mono dimmer">{from}</s>} → <b className="mono">{to}</b>
      </span>
    </>
  );
}
