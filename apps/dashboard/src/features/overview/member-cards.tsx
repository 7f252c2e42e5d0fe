import type { MemberStatus, PoolView, PromotionView } from '@serverctl/contract';
import { useEffect, useRef, useState } from 'react';
import { useLive, useLiveStore } from '../../lib/live/use-live.ts';
import { healthWords } from '../../lib/pool/health-words.ts';
import { addressOf } from '../../lib/pool/names.ts';
import { placeText, readinessWords } from '../../lib/pool/standby-words.ts';
import { numberText, sinceText } from '../../lib/words.ts';
import { EmptyState } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Copy } from '../../ui/copy.tsx';
import { HeartbeatStrip } from '../../ui/heartbeat-strip.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { HeardAgo } from './heard-ago.tsx';
import { MemberTable } from './member-table.tsx';

/** As the server has the zone of a member for which nobody named one (R9). */
const unlabelled = 'unlabelled';
/** Above so many, a table takes the place of the cards. */
const mostCards = 12;

export interface MemberCardsProps {
  readonly pool: PoolView;
  readonly last: PromotionView | null;
}

export function MemberCards({ pool, last }: MemberCardsProps) {
  const { members } = pool.status;
  const asCards = members.length <= mostCards;
  return (
    <Section
      id="members"
      className="sec"
      title="Members"
      {...(asCards &&
        members.length > 0 && { hint: 'each bar is one second, newest on the right; a stub is a missed heartbeat' })}
    >
      {members.length === 0 && (
        <Box>
          <EmptyState title="No member yet">
            A member is a host that can serve this pool’s name. Add one on the command line:{' '}
            <span className="mono">serverctl member add {pool.name} HOSTNAME --egress ADDRESS</span>
          </EmptyState>
        </Box>
      )}
      {asCards ? (
        <div className="members">
          {members.map((member) => (
            <MemberCard key={member.id} pool={pool} member={member} last={last} />
          ))}
        </div>
      ) : (
        <MemberTable members={members} />
      )}
    </Section>
  );
}

function MemberCard({ pool, member, last }: MemberCardsProps & { readonly member: MemberStatus }) {
  const { shape, word } = healthWords[member.health];
  return (
    <article className="box mc" id={`member-${member.id}`}>
      <header>
        <h3 className="cut" title={member.hostname}>
          {member.hostname}
        </h3>
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
      <Beat member={member} />
      {member.health !== 'healthy' && <p className="small dim mt-2">{member.healthSentence}</p>}
      {pool.preset === 'haproxy' && <Carries member={member} />}
      <footer>
        <Standing member={member} last={last} />
      </footer>
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
function Beat({ member }: { readonly member: MemberStatus }) {
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
            <HeardAgo memberId={member.id} never="never heard yet" />
          </b>
          {member.heartbeatAgeMs !== null && <span className="dim"> ago</span>}
        </span>
      </div>
      {isSeen ? <Strip memberId={member.id} /> : <div className="hb" />}
    </div>
  );
}

function Strip({ memberId }: { readonly memberId: string }) {
  const strip = useLive(({ strips }) => strips.get(memberId));
  return <HeartbeatStrip strip={strip ?? []} />;
}

/** What HAProxy says; without a reading of its traffic only that it runs. */
function Carries({ member }: { readonly member: MemberStatus }) {
  const traffic = useLive((state) => state.traffic.get(member.id));
  return (
    <>
      {traffic !== undefined && (
        <div className="pair">
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
            <dt>Version</dt>
            <dd>
              {traffic.version}, up {sinceText(traffic.uptimeSeconds * 1_000)}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

/** The foot: of the active member since when, of a standby whether it could take over and why. */
function Standing({ member, last }: { readonly member: MemberStatus; readonly last: PromotionView | null }) {
  const { store } = useLiveStore();
  if (member.role === 'none') return <span className="dim">{member.standingSentence}</span>;
  if (member.role === 'active') {
    const isSince = last !== null && last.toMemberId === member.id;
    const since = isSince ? ` for ${sinceText(store.serverNowMs() - Date.parse(last.decidedAt))}` : '';
    return <span className="dim">Active{since}</span>;
  }
  const { shape, word } = readinessWords(member);
  return (
    <>
      <StateWord shape={shape}>{word}</StateWord>
      <span className="dim">
        {member.ready && member.place !== null ? placeText(member.place) : member.standingSentence}
      </span>
    </>
  );
}
