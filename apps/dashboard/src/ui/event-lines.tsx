import type { EventView, PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useServerNowMs } from '../lib/live/use-live.ts';
import { apartTexts } from '../lib/words.ts';
import { type Shape, StateShape } from './state.tsx';
import { When } from './when.tsx';

const shapes: Readonly<Record<EventView['severity'], Shape>> = {
  info: 'not-applicable',
  warning: 'needs-you',
  critical: 'lost',
};
const words: Readonly<Record<EventView['severity'], string>> = {
  info: 'For information',
  warning: 'Warning',
  critical: 'Critical',
};
/** What is merely normal has no tick; what is well again has. */
const isRecovery = (kind: string): boolean => /\.(healthy|recovered|resumed|complete|heard-again|.*over)$/.test(kind);

/** Events as lines: when, how urgent by shape, the sentence, and where what it is about is shown. */
export function EventLines({ pool, events }: { readonly pool: PoolView; readonly events: readonly EventView[] }) {
  const nowMs = useServerNowMs();
  const texts = apartTexts(
    events.map(({ at }) => at),
    nowMs,
  );
  return (
    <ul className="list">
      {events.map(({ seq, at, kind, severity, sentence, memberId, details }, index) => (
        <li key={seq}>
          <span className="dimmer small nowrap ev-at">
            <When at={at} text={texts[index] ?? ''} />
          </span>
          <span className="pt-[3px]">
            <StateShape shape={isRecovery(kind) ? 'healthy' : shapes[severity]} />
            <span className="vh">{words[severity]}</span>
          </span>
          <div className="grow wrap-anywhere">
            {sentence} <About pool={pool} kind={kind} memberId={memberId} promotionId={details['promotionId']} />
          </div>
        </li>
      ))}
    </ul>
  );
}

interface AboutProps {
  readonly pool: PoolView;
  readonly kind: string;
  readonly memberId: string | null;
  readonly promotionId: unknown;
}

function About({ pool, kind, memberId, promotionId }: AboutProps) {
  if (typeof promotionId === 'string')
    return (
      <Link
        className="small nowrap"
        to="/pools/$pool/promotions/$promotion"
        params={{ pool: pool.id, promotion: promotionId }}
      >
        Evidence and why
      </Link>
    );
  const member = pool.status.members.find(({ id }) => id === memberId);
  if (member !== undefined)
    return (
      <Link className="small" to="/pools/$pool/members/$member" params={{ pool: pool.id, member: member.id }}>
        {member.hostname}
      </Link>
    );
  if (!/^(dns|binding|credential)\./.test(kind)) return null;
  return (
    <Link className="small" to="/pools/$pool/dns" params={{ pool: pool.id }}>
      DNS
    </Link>
  );
}
