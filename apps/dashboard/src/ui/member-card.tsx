import type { MemberStatus, PoolView } from '@serverctl/contract';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { TrafficReading } from '../lib/live/live-state.ts';
import { stripLabel } from '../lib/live/strip.ts';
import { useLive } from '../lib/live/use-live.ts';
import { memberWords } from '../lib/pool/health-words.ts';
import { addressOf } from '../lib/pool/names.ts';
import { isPresent } from '../lib/pool/present-traffic.ts';
import { numberText, sinceText } from '../lib/words.ts';
import { systemClock } from '../platform/clock.ts';
import { frameLoop } from '../platform/frame-loop.ts';
import { Age } from './age.tsx';
import { Copy } from './copy.tsx';
import { Heard } from './heard.tsx';
import { HeartbeatStrip } from './heartbeat-strip.tsx';
import { StateWord } from './state.tsx';
import { Tag } from './tag.tsx';

/** As the server has the zone of a member for which nobody named one (R9). */
const unlabelled = 'unlabelled';

export interface MemberCardProps {
  readonly pool: PoolView;
  readonly member: MemberStatus;
  /** The heading, which is its hostname. */
  readonly heading: ReactNode;
  readonly foot: ReactNode;
  readonly className?: string;
}

/** One member: how it is, when it was heard, what it carries. Its foot says what it could do, with one action. */
export function MemberCard({ pool, member, heading, foot, className = '' }: MemberCardProps) {
  const { shape, word } = memberWords(member, pool.preset);
  return (
    <article className={`box mc ${className}`} id={`member-${member.id}`}>
      <header>
        {heading}
        {member.role !== 'none' && (
          <Tag active={member.role === 'active'}>{member.role === 'active' ? 'Active' : 'Standby'}</Tag>
        )}
        <span className="grow" />
        <StateWord shape={shape} className="small">
          {word}
        </StateWord>
      </header>
      <p className="sub">
        <Where member={member} />
      </p>
      <Beat member={member} isWell={shape === 'healthy'} />
      {pool.preset === 'haproxy' && <Carries member={member} />}
      <footer>{foot}</footer>
    </article>
  );
}

function Where({ member }: { readonly member: MemberStatus }) {
  const address = addressOf(member);
  return (
    <>
      {address === null ? 'no public address' : <Copy text={address} name={`the address of ${member.hostname}`} />}
      {member.zone !== unlabelled && ` · ${member.zone}`}
    </>
  );
}

/** The strip is drawn only while it can be seen; it has its height always. */
function Beat({ member, isWell }: { readonly member: MemberStatus; readonly isWell: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true));
    if (place.current !== null) watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div className="beat" ref={place}>
      <div className="row between">
        <span className="dimmer">Heartbeat</span>
        <span>
          <b className="strong">
            <Heard memberId={member.id} never="never heard yet" />
          </b>
          {member.heartbeatAgeMs !== null && <span className="dim"> ago</span>}
        </span>
      </div>
      {isSeen ? <Strip memberId={member.id} /> : <div className="hb" />}
      {isWell ? (
        <p className="small dimmer says" aria-hidden="true">
          {isSeen && <StripWords memberId={member.id} />}
        </p>
      ) : (
        <p className="small dim says">{member.healthSentence}</p>
      )}
    </div>
  );
}

function Strip({ memberId }: { readonly memberId: string }) {
  const strip = useLive(({ strips }) => strips.get(memberId));
  return <HeartbeatStrip strip={strip ?? []} />;
}

/** What readers are told of the strip. */
function StripWords({ memberId }: { readonly memberId: string }) {
  return useLive(({ strips }) => stripLabel(strips.get(memberId) ?? []));
}

/** By the page's clock, which goes on where nothing more is heard; drawn anew only when it changes. */
function useIsPresent(member: MemberStatus, traffic: TrafficReading | undefined): boolean {
  const isSo = () => traffic === undefined || isPresent(member, traffic, systemClock.nowMs());
  const [, setNow] = useState(isSo);
  useEffect(() => frameLoop.onTick(() => setNow(isSo())));
  return isSo();
}

/** What HAProxy says; without a reading of its traffic only that it runs. */
function Carries({ member }: { readonly member: MemberStatus }) {
  const traffic = useLive((state) => state.traffic.get(member.id));
  const isNow = useIsPresent(member, traffic);
  const serverOffsetMs = useLive((state) => Math.round(state.serverOffsetMs / 1_000) * 1_000);
  return (
    <>
      {traffic !== undefined && (
        <div className={isNow ? 'pair' : 'pair was'}>
          <div>
            <div className="k">Sessions</div>
            <div className="v">{numberText(traffic.sessions)}</div>
          </div>
          <div>
            <div className="k">Requests per second</div>
            <div className="v">{numberText(traffic.requestRate)}</div>
          </div>
        </div>
      )}
      <dl className="kv">
        <dt>HAProxy</dt>
        <dd>{member.haproxy ?? 'not reported'}</dd>
        {traffic !== undefined && (
          <>
            <dt>{isNow ? 'Version' : 'Sessions as of'}</dt>
            <dd>
              {isNow ? (
                `${traffic.version}, up ${sinceText(traffic.uptimeSeconds * 1_000)}`
              ) : (
                <>
                  <Age sinceMs={traffic.readAtMs} serverOffsetMs={serverOffsetMs} /> ago
                </>
              )}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
