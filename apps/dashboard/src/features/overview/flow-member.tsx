import type { PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { healthWords, memberWords } from '../../lib/pool/health-words.ts';
import { addressOf } from '../../lib/pool/names.ts';
import { isPresent } from '../../lib/pool/present-traffic.ts';
import { placeText, readinessWords } from '../../lib/pool/standby-words.ts';
import { countText, numberText, sinceText } from '../../lib/words.ts';
import { Heard } from '../../ui/heard.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { FlowMember, FlowRole } from './flow.ts';
import { HeardAgain } from './heard-again.tsx';
import type { LeftBehind, Now } from './left-behind.ts';
import { SessionSpark } from './session-spark.tsx';

const looks: Readonly<Record<FlowRole, string>> = {
  active: 'fm on',
  failing: 'fm bad',
  standby: 'fm off',
  draining: 'fm leave',
};

export interface FlowMemberProps {
  readonly pool: PoolView;
  readonly one: FlowMember;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

/** One member in the traffic: the active one with what it carries, a standby with whether it could, an old one with what is left on it. */
export function FlowMemberNode({ pool, one, left, now }: FlowMemberProps) {
  const { member, role } = one;
  const old = role === 'draining' ? left : null;
  return (
    <li className={looks[role]}>
      <div className="fm-row">
        <div className="nm">
          <Link
            className="cut quiet"
            to="/pools/$pool/members/$member"
            params={{ pool: pool.id, member: member.id }}
            title={member.hostname}
          >
            {member.hostname}
          </Link>
          {(role === 'active' || role === 'failing') && <Tag active>Active</Tag>}
          {role === 'draining' && <Tag>Standby</Tag>}
        </div>
        <div className="r">
          {old === null ? <Right pool={pool} one={one} now={now} /> : <OldSessions left={old} now={now} />}
        </div>
      </div>
      <div className="fm-row">
        <div className="mono small dim cut">
          {addressOf(member) ?? 'no address'}
          {old !== null && <HeardAgain memberId={member.id} />}
        </div>
        <div className="r small dim">
          {old === null ? <Below pool={pool} one={one} now={now} /> : <OldBelow left={old} now={now} />}
        </div>
      </div>
    </li>
  );
}

/** A place that nobody has yet. */
export function GhostMember({ text }: { readonly text: string }) {
  return (
    <li className="fm off ghost">
      <div className="nm">{text}</div>
    </li>
  );
}

function Right({ pool, one: { member, role, traffic }, now }: Omit<FlowMemberProps, 'left'>) {
  const words = memberWords(member, pool.preset);
  if (role === 'standby') {
    // Of a standby that is not ready the cause, where its health is one.
    const { shape, word } = member.ready || words.shape === 'healthy' ? readinessWords(member) : words;
    return <StateWord shape={shape}>{word}</StateWord>;
  }
  if (words.shape !== 'healthy' || traffic === null || !isPresent(member, traffic, now.pageMs))
    return <StateWord shape={words.shape}>{words.word}</StateWord>;
  return (
    <>
      <b className="strong">{numberText(traffic.sessions)}</b> sessions
    </>
  );
}

function Below({ pool, one: { member, role, traffic }, now }: Omit<FlowMemberProps, 'left'>) {
  const heard = (
    <span className="nowrap">
      heard <Heard memberId={member.id} never="never" />
      {member.heartbeatAgeMs !== null && ' ago'}
    </span>
  );
  if (role === 'standby') {
    const isCandidate = member.ready && member.place !== null && pool.maintenance === null;
    return (
      <>
        {isCandidate && `${placeText(member.place ?? 1)} · `}
        {heard}
      </>
    );
  }
  const isNow = traffic !== null && isPresent(member, traffic, now.pageMs);
  return (
    <span className="fm-carries">
      {traffic !== null && <SessionSpark memberId={member.id} hostname={member.hostname} now={now} />}
      <span>
        {isNow && `${numberText(traffic.sessionRate)} new, ${numberText(traffic.requestRate)} requests/s · `}
        {traffic !== null && !isNow && `${asOf(traffic.sessions, now.pageMs - traffic.readAtMs)} · `}
        {heard}
      </span>
    </span>
  );
}

const asOf = (count: number, ageMs: number): string => `${countText(count, 'session')} as of ${sinceText(ageMs)} ago`;

/** What is left on the old member: as it is now, or the last known count with its age. */
function OldSessions({ left: { member, sessions }, now }: { readonly left: LeftBehind; readonly now: Now }) {
  if (sessions.kind === 'left')
    return (
      <>
        <b className="strong">{numberText(sessions.count)}</b>{' '}
        {sessions.count === 1 ? 'session draining' : 'sessions draining'}
      </>
    );
  if (sessions.kind === 'unknown') {
    const { shape, word } = healthWords[member.health];
    const { last } = sessions;
    return (
      <>
        {last !== null && <span className="dim">{asOf(last.count, now.pageMs - last.readAtMs)} · </span>}
        <StateWord shape={shape}>{word}</StateWord>
      </>
    );
  }
  if (sessions.because === 'stopped') return <StateWord shape="inactive">HAProxy inactive</StateWord>;
  return <span className="dim">no session left</span>;
}

function OldBelow({ left: { member, sessions }, now }: { readonly left: LeftBehind; readonly now: Now }) {
  if (sessions.kind === 'left')
    return <SessionSpark memberId={member.id} hostname={member.hostname} now={now} drains />;
  if (sessions.kind === 'gone')
    return <>{sessions.because === 'stopped' ? 'no session can be left' : 'caches may still lead here'}</>;
  return <>{sessions.last === null ? 'nothing was said of its sessions' : 'sessions are not known now'}</>;
}
