import type { BindingStatus, PoolView, PromotionDetail } from '@serverctl/contract';
import { measuredText } from '../../lib/words.ts';
import { EmptyState } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateWord } from '../../ui/state.tsx';
import { type Answered, answeredOf } from './answered.ts';

export interface NameServersProps {
  readonly pool: PoolView;
  readonly promotion: PromotionDetail;
}

/** When the first and the last name server of each record gave the new address; of the newest promotion also what each gives now. */
export function NameServers({ pool, promotion }: NameServersProps) {
  const rows = answeredOf(promotion.steps);
  const longestMs = Math.max(1, ...rows.map(({ allMs }) => allMs ?? 0));
  const isNewest = promotion.epoch === pool.epoch;
  return (
    <Section id="name-servers" title="When the name servers answered" hint="after the acknowledgement">
      <Box>
        {rows.length === 0 ? (
          <EmptyState title="Nothing was written yet">
            Each name server is asked from the acknowledgement on.
          </EmptyState>
        ) : (
          <DataTable
            className="nst"
            caption="Name servers by record"
            columns={columnsFor(longestMs)}
            rows={rows}
            keyOf={({ key }) => key}
          />
        )}
        {isNewest && <Present bindings={pool.status.bindings} />}
      </Box>
    </Section>
  );
}

const text = (ms: number | null) =>
  ms === null ? <span className="dimmer">not yet</span> : <span className="nowrap">{measuredText(ms)}</span>;

const columnsFor = (longestMs: number): readonly Column<Answered>[] => [
  { title: 'Record', cell: ({ name, type }) => <span className="mono wrap-anywhere">{`${name} ${type}`}</span> },
  {
    title: 'To scale',
    cell: ({ firstMs, allMs }) => (
      <span className="meter ns-meter" aria-hidden="true">
        <i className="c-pub" style={{ flex: `${firstMs ?? 0} 0 0` }} />
        <i className="c-ver" style={{ flex: `${Math.max(0, (allMs ?? 0) - (firstMs ?? 0))} 0 0` }} />
        <i className="c-none" style={{ flex: `${longestMs - (allMs ?? 0)} 0 0` }} />
      </span>
    ),
  },
  { title: 'First', isNumber: true, cell: ({ firstMs }) => text(firstMs) },
  { title: 'All', isNumber: true, cell: ({ allMs }) => <b className="strong">{text(allMs)}</b> },
];

interface Present {
  readonly key: string;
  readonly name: string;
  readonly answer: BindingStatus['published'][number];
}

const presentColumns: readonly Column<Present>[] = [
  { title: 'Name server', cell: ({ answer: { server } }) => <span className="mono wrap-anywhere">{server}</span> },
  {
    title: 'Now',
    cell: ({ answer: { ok, error } }) => (
      <StateWord shape={ok ? 'healthy' : error === null ? 'needs-you' : 'unknown'} calm={ok}>
        {ok ? 'the new address' : error === null ? 'not yet' : 'no answer'}
      </StateWord>
    ),
  },
  {
    title: 'Gives',
    cell: ({ answer: { addresses, error } }) => (
      <span className="mono dim wrap-anywhere">{error ?? (addresses.join(', ') || 'nothing')}</span>
    ),
  },
];

function Present({ bindings }: { readonly bindings: readonly BindingStatus[] }) {
  const rows = bindings.flatMap(({ id, name, published }) =>
    published.map((answer, index) => ({ key: `${id} ${index}`, name, answer })),
  );
  if (rows.length === 0) return null;
  return (
    <>
      <p className="sub-t edge">What each gives now</p>
      <DataTable
        caption="What each name server gives now"
        columns={presentColumns}
        rows={rows}
        keyOf={({ key }) => key}
      />
    </>
  );
}
