import type { PoolView } from '@serverctl/contract';
import { healthWords } from '../../lib/pool/health-words.ts';
import { addressOf } from '../../lib/pool/names.ts';
import { placeText, readinessWords } from '../../lib/pool/standby-words.ts';
import { numberText } from '../../lib/words.ts';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { FlowMember, FlowRole } from './flow.ts';
import { HeardAgo } from './heard-ago.tsx';

const looks: Readonly<Record<FlowRole, string>> = { active: 'fm on', standby: 'fm off', draining: 'fm leave' };

/** One member in the traffic: the active one with what it carries, a standby with whether it could. */
export function FlowMemberNode({ pool, one }: { readonly pool: PoolView; readonly one: FlowMember }) {
  const { member, role } = one;
  return (
    <li className={looks[role]}>
      <div className="nm">
        <a className="cut quiet" href={`#member-${member.id}`} title={member.hostname}>
          {member.hostname}
        </a>
        {role === 'active' && <Tag active>Active</Tag>}
        {role === 'draining' && <Tag>Standby</Tag>}
      </div>
      <div className="r">
        <Right one={one} />
      </div>
      <div className="mono small dim">{addressOf(member) ?? 'no address'}</div>
      <div className="r small dim">
        <Below pool={pool} one={one} />
      </div>
    </li>
  );
}

function Right({ one: { member, role, traffic } }: { readonly one: FlowMember }) {
  if (role === 'standby') {
    const { shape, word } = member.ready ? readinessWords(member) : healthOrReadiness(member);
    return <StateWord shape={shape}>{word}</StateWord>;
  }
  if (member.health !== 'healthy') {
    const { shape, word } = healthWords[member.health];
    return <StateWord shape={shape}>{word}</StateWord>;
  }
  if (traffic === null) return <StateWord shape="healthy">Healthy</StateWord>;
  return (
    <>
      <b className="strong">{numberText(traffic.sessions)}</b> {role === 'draining' ? 'sessions draining' : 'sessions'}
    </>
  );
}

/** Of a standby that is not ready the cause, where its health is one. */
const healthOrReadiness = (member: FlowMember['member']) =>
  member.health === 'healthy' ? readinessWords(member) : healthWords[member.health];

function Below({ pool, one: { member, role, traffic } }: { readonly pool: PoolView; readonly one: FlowMember }) {
  const heard = (
    <>
      heard <HeardAgo memberId={member.id} never="never" />
      {member.heartbeatAgeMs !== null && ' ago'}
    </>
  );
  const rate = traffic === null || role === 'standby' ? null : `${numberText(traffic.requestRate)} requests/s · `;
  const isCandidate = role === 'standby' && member.ready && member.place !== null && pool.maintenance === null;
  return (
    <>
      {rate}
      {isCandidate && `${placeText(member.place ?? 1)} · `}
      {heard}
    </>
  );
}
