import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { memberWords } from '../../lib/pool/health-words.ts';
import { addressOf, isBehind, isPublished } from '../../lib/pool/names.ts';
import { isPresent } from '../../lib/pool/present-traffic.ts';
import { countText, numberText, sinceText } from '../../lib/words.ts';
import { Copy } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Heard } from '../../ui/heard.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { isDraining, type LeftBehind, type Now } from './left-behind.ts';

export interface FlowTableProps {
  readonly pool: PoolView;
  readonly traffic: ReadonlyMap<string, TrafficReading>;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

type Row =
  | { readonly kind: 'name'; readonly id: string; readonly binding: BindingStatus }
  | { readonly kind: 'member'; readonly id: string; readonly member: MemberStatus };

/** The same facts as the diagram, in reading order: the names, then every member. */
export function FlowTable({ pool, traffic, left, now }: FlowTableProps) {
  const drains = left !== null && isDraining(left, now.serverMs) ? left : null;
  const rows: readonly Row[] = [
    ...pool.status.bindings.map((binding) => ({ kind: 'name', id: binding.id, binding }) as const),
    ...pool.status.members.map((member) => ({ kind: 'member', id: member.id, member }) as const),
  ];
  const of = (row: Row, pick: (reading: TrafficReading) => number) => {
    const reading = row.kind === 'member' ? traffic.get(row.id) : undefined;
    if (row.kind === 'name' || reading === undefined) return <span className="dimmer">–</span>;
    if (isPresent(row.member, reading, now.pageMs)) return numberText(pick(reading));
    const age = sinceText(now.pageMs - reading.readAtMs);
    return <span className="dimmer nowrap">{`${numberText(pick(reading))}, ${age} ago`}</span>;
  };
  const columns: readonly Column<Row>[] = [
    { title: 'What', cell: what },
    { title: 'Address', cell: address },
    { title: 'State', cell: (row) => state(pool, row, drains) },
    { title: 'Sessions', isNumber: true, cell: (row) => of(row, ({ sessions }) => sessions) },
    { title: 'New/s', isNumber: true, cell: (row) => of(row, ({ sessionRate }) => sessionRate) },
    { title: 'Requests/s', isNumber: true, cell: (row) => of(row, ({ requestRate }) => requestRate) },
    {
      title: 'Heard',
      isNumber: true,
      cell: (row) =>
        row.kind === 'name' ? (
          <span className="dimmer">–</span>
        ) : (
          <span className="nowrap">
            <Heard memberId={row.id} never="never" />
          </span>
        ),
    },
    { title: 'In one sentence', cell: (row) => <span className="dim">{sentence(row, left, now)}</span> },
  ];
  return <DataTable caption="Traffic: names and members" columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function what(row: Row) {
  if (row.kind === 'name') return <b className="strong mono">{row.binding.name}</b>;
  return (
    <span className="row">
      <b className="strong">{row.member.hostname}</b>
      {row.member.role === 'active' && <Tag active>Active</Tag>}
    </span>
  );
}

function address(row: Row) {
  const text = row.kind === 'name' ? row.binding.desiredAddress : addressOf(row.member);
  return text === null ? <span className="dimmer">none</span> : <Copy text={text} name="the address" />;
}

function state(pool: PoolView, row: Row, drains: LeftBehind | null) {
  if (row.kind === 'member' && row.member.id === drains?.member.id && row.member.health === 'healthy')
    return <span className="nowrap">Standby, draining</span>;
  if (row.kind === 'member') {
    const { shape, word } = memberWords(row.member, pool.preset);
    return (
      <StateWord shape={shape} calm={shape === 'healthy'}>
        {word}
      </StateWord>
    );
  }
  const { published } = row.binding;
  if (published.length === 0) return <StateWord shape="unknown">Not asked yet</StateWord>;
  if (isBehind(pool, row.binding)) return <StateWord shape="running">Being written</StateWord>;
  const right = published.filter(({ ok }) => ok).length;
  return (
    <StateWord shape={isPublished(row.binding) ? 'healthy' : 'needs-you'} calm={isPublished(row.binding)}>
      {right} of {countText(published.length, 'name server')} right
    </StateWord>
  );
}

function sentence(row: Row, left: LeftBehind | null, now: Now): string {
  if (row.kind === 'member')
    return row.member.role === 'standby' ? row.member.standingSentence : row.member.healthSentence;
  const seconds =
    left === null || left.cachedUntilMs === null ? 0 : Math.ceil((left.cachedUntilMs - now.serverMs) / 1_000);
  const { ttlSentence, ttlSeconds, effectiveTtlSeconds } = row.binding;
  if (seconds <= 0) return ttlSentence;
  return `TTL ${effectiveTtlSeconds ?? ttlSeconds} s; caches may give the old address for another ${seconds} s.`;
}
