import type { PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useWhyNoAct } from '../../lib/act/use-why-no-act.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { activeOf, addressOf, namesOf } from '../../lib/pool/names.ts';
import { countText, numberText } from '../../lib/words.ts';
import { StateShape, StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { When } from '../../ui/when.tsx';
import { type Glance, glanceAt, type Way } from './glance.ts';
import { lastChangeOf } from './last-change.ts';

/** One pool of the list. It is drawn anew when the pool is another object, and its sessions when they are read. */
export const PoolRow = memo(function PoolRow({ pool }: { readonly pool: PoolView }) {
  const glance = glanceAt(pool);
  const active = activeOf(pool);
  return (
    <li className="prow">
      <span className="g">
        <StateShape shape={glance.shape} />
      </span>
      <div className="pn">
        <Link className="quiet strong" to="/pools/$pool" params={{ pool: pool.id }}>
          {pool.name}
        </Link>
        <Tag>{pool.preset === 'haproxy' ? 'HAProxy' : 'Generic'}</Tag>
        <Names pool={pool} />
      </div>
      <div className="pf">
        <span className="lbl">From</span>
        <div className="v cut" title={active?.hostname}>
          {active?.hostname ?? '–'}
        </div>
        <div className="mono small dim">{active === null ? '' : addressOf(active)}</div>
        {active === null && (
          <div className="small dim">{pool.status.members.length === 0 ? 'no member yet' : 'nobody active yet'}</div>
        )}
      </div>
      <Next pool={pool} glance={glance} />
      <div className="pa">
        <span className="lbl">Automatic failover</span>
        <div className="v">{glance.failover.word}</div>
        <div className="small dim">{glance.failover.sub}</div>
      </div>
      <div className="ps small">
        {pool.preset === 'generic' ? (
          <span className="dim">heartbeat only</span>
        ) : (
          <Sessions memberId={active?.id ?? null} />
        )}
      </div>
      <LastChange pool={pool} />
      {glance.why !== null && (
        <div className="why">
          <b>{glance.why.headline}</b> {glance.why.rest}{' '}
          {glance.why.way !== undefined && (
            <>
              <WayOut pool={pool} way={glance.why.way} /> ·{' '}
            </>
          )}
          <LookAt pool={pool} why={glance.why} />
        </div>
      )}
    </li>
  );
});

function Names({ pool }: { readonly pool: PoolView }) {
  const [first, ...others] = namesOf(pool);
  if (first === undefined) return <div className="small dim">no name yet</div>;
  return (
    <div className="small dim cut" title={first}>
      <span className="mono">{first}</span>
      {others.length > 0 && ` and ${countText(others.length, 'name')} more`}
    </div>
  );
}

/** To the member that it is about, else to the pool. */
function LookAt({ pool, why: { member } }: { readonly pool: PoolView; readonly why: NonNullable<Glance['why']> }) {
  if (member === undefined)
    return (
      <Link to="/pools/$pool" params={{ pool: pool.id }}>
        Look at {pool.name}
      </Link>
    );
  return (
    <Link to="/pools/$pool/members/$member" params={{ pool: pool.id, member: member.id }}>
      Look at {member.hostname}
    </Link>
  );
}

/** Straight to the dialog, on the pool's own page. */
function WayOut({ pool, way: { act, member, word } }: { readonly pool: PoolView; readonly way: Way }) {
  const why = useWhyNoAct(act, pool.id);
  const search = { act, ...(member !== undefined && { member }) };
  return (
    <WayLink to="/pools/$pool" params={{ pool: pool.id }} search={search} why={why}>
      {word}
    </WayLink>
  );
}

function LastChange({ pool }: { readonly pool: PoolView }) {
  const { word, at } = lastChangeOf(pool);
  return (
    <div className="pl small dim">
      {word}
      <br />
      <When at={at} className="" />
    </div>
  );
}

function Next({ pool, glance: { next } }: { readonly pool: PoolView; readonly glance: Glance }) {
  return (
    <div className="px">
      <span className="lbl">Next</span>
      <div className="v cut" title={next.word}>
        {next.shape === undefined ? (
          <span className="dim">{next.word}</span>
        ) : (
          <StateWord shape={next.shape} calm={next.shape === 'healthy'}>
            {next.word}
          </StateWord>
        )}
      </div>
      <div className="small dim cut">
        {next.sub}
        {next.todo !== undefined && <WayOut pool={pool} way={next.todo} />}
      </div>
    </div>
  );
}

function Sessions({ memberId }: { readonly memberId: string | null }) {
  const traffic = useLive((state) => (memberId === null ? undefined : state.traffic.get(memberId)));
  if (memberId === null) return <span className="dim">–</span>;
  if (traffic === undefined) return <span className="dim">not read yet</span>;
  return <b className="strong">{numberText(traffic.sessions)}</b>;
}
