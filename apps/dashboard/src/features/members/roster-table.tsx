import type { MemberStatus, MemberView, PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import type { KeyboardEvent } from 'react';
import { healthWords } from '../../lib/pool/health-words.ts';
import { placeText, readinessWords } from '../../lib/pool/standby-words.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Heard } from '../../ui/heard.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { FirstPlace } from './first-place.tsx';
import { orderWords } from './goes-back.ts';
import { inOrder } from './order.ts';
import { OrderButtons } from './order-buttons.tsx';
import { useOrder } from './use-order.ts';

export interface RosterTableProps {
  readonly pool: PoolView;
  /** Those that are shown. */
  readonly members: readonly MemberStatus[];
  /** What is set for all of them. */
  readonly views: readonly MemberView[];
}

interface Row {
  readonly status: MemberStatus;
  readonly priority: number;
}

/** A row each, by priority; what needs somebody is tinted. */
export function RosterTable({ pool, members, views }: RosterTableProps) {
  const order = useOrder(pool, views);
  const shown = new Map(members.map((member) => [member.id, member]));
  const rows = inOrder(views).flatMap(({ id, priority }): Row[] => {
    const status = shown.get(id);
    return status === undefined ? [] : [{ status, priority }];
  });
  const onRowKey = ({ status }: Row, event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    if (event.repeat) return;
    order.move(status.id, event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <>
      <DataTable
        className="roster"
        caption="Members in the order in which they take over"
        columns={columnsOf(pool, order)}
        rows={rows}
        keyOf={({ status }) => status.id}
        rowLook={({ status }) => lookOf(status)}
        onRowKey={onRowKey}
      />
      <p className="vh" role="status">
        {order.said}
      </p>
      {order.error !== null && (
        <div className="pane">
          <FailureNote error={order.error} />
          {order.half !== null && <p className="small mt-2">{order.half}</p>}
        </div>
      )}
      {order.asked !== null && <FirstPlace pool={pool} asked={order.asked} order={order} />}
      <p className="roster-keys tiny dimmer">
        <span className="no-phone">
          <kbd className="kbd">Alt ↑</kbd> <kbd className="kbd">Alt ↓</kbd> in a row change its place.
        </span>{' '}
        {orderWords(pool)}
      </p>
    </>
  );
}

/** Of a standby that it is not ready is a problem as well; what rests by a person's word is none. */
function lookOf({ health, role, ready, refusedSeen, maintenance }: MemberStatus): string | undefined {
  const { shape } = healthWords[health];
  if (shape === 'lost' || shape === 'inactive') return 'bad';
  if (maintenance !== null) return undefined;
  return refusedSeen !== null || shape === 'needs-you' || shape === 'refused' || (role === 'standby' && !ready)
    ? 'look'
    : undefined;
}

function columnsOf(pool: PoolView, order: ReturnType<typeof useOrder>): readonly Column<Row>[] {
  return [
    {
      title: 'Priority',
      cell: ({ status, priority }) => <OrderButtons member={status} priority={priority} order={order} />,
    },
    { title: 'Member', cell: ({ status }) => <Name pool={pool} member={status} /> },
    {
      title: 'Address',
      cell: ({ status: { address, address6 } }) => (
        <span className="mono">
          {address ?? address6 ?? '–'}
          {address !== null && address6 !== null && <div className="dim">{address6}</div>}
        </span>
      ),
    },
    { title: 'Health', cell: ({ status }) => <Health member={status} /> },
    { title: 'Could take over', cell: ({ status }) => <Readiness member={status} /> },
    {
      title: 'Heard',
      isNumber: true,
      cell: ({ status }) => (
        <span className="nowrap">
          <Heard memberId={status.id} never="never" />
        </span>
      ),
    },
    ...(pool.preset === 'haproxy'
      ? [{ title: 'HAProxy', cell: ({ status }: Row) => <span className="dim">{status.haproxy ?? '–'}</span> }]
      : []),
    { title: 'Refused', cell: ({ status }) => <Refused member={status} /> },
  ];
}

function Name({ pool, member }: { readonly pool: PoolView; readonly member: MemberStatus }) {
  const { id, hostname, role, zone } = member;
  return (
    <>
      <span className="row">
        <Link
          className="strong cut roster-name"
          to="/pools/$pool/members/$member"
          params={{ pool: pool.id, member: id }}
          title={hostname}
        >
          {hostname}
        </Link>
        {role !== 'none' && <Tag active={role === 'active'}>{role === 'active' ? 'Active' : 'Standby'}</Tag>}
      </span>
      <div className="tiny dimmer">{zone}</div>
    </>
  );
}

function Health({ member: { health, healthSentence } }: { readonly member: MemberStatus }) {
  const { shape, word } = healthWords[health];
  return (
    <>
      <StateWord shape={shape} calm={shape === 'healthy'}>
        {word}
      </StateWord>
      {shape !== 'healthy' && <div className="tiny dim roster-why">{healthSentence}</div>}
    </>
  );
}

function Readiness({ member }: { readonly member: MemberStatus }) {
  const { role, ready, place, standingSentence } = member;
  if (role === 'active') return <span className="dimmer">is active</span>;
  if (role === 'none') return <span className="tiny dim roster-why">{standingSentence}</span>;
  const { shape, word } = readinessWords(member);
  return (
    <>
      <StateWord shape={shape} calm={ready}>
        {word}
      </StateWord>
      <div className="tiny dim roster-why">{ready && place !== null ? placeText(place) : standingSentence}</div>
    </>
  );
}

function Refused({ member: { id, refusedSeen, refusedBecause } }: { readonly member: MemberStatus }) {
  if (refusedSeen === null) return <span className="dimmer">–</span>;
  return (
    <>
      <div className="mono">{refusedSeen}</div>
      <ActLink act={refusedBecause === 'ip' ? 'allow-address' : 'edit-member'} member={id} size="tiny">
        {refusedBecause === 'ip' ? 'Allow…' : 'Change hostname…'}
      </ActLink>
    </>
  );
}
