import type { BindingStatus, PoolView } from '@serverctl/contract';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { measuredText } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateWord } from '../../ui/state.tsx';
import { useWhyNoDnsWrite } from './may-write.ts';
import { ProviderFailure } from './provider-failure.tsx';
import { type Trial, tryName } from './queries.ts';
import { SinceHere } from './since.tsx';
import { Warnings } from './trial-report.tsx';
import { addressesText, edgeText, ownerOf, shallAnswer, ttlText } from './words.ts';

/** So many records are read by themselves when the page is opened: each costs about four calls at the provider. */
const readByItself = 4;

interface Props {
  readonly pool: PoolView;
  readonly record: BindingStatus;
}

/** What the provider holds, read by itself where a pool has few names, and whenever a person asks. */
export function useRecordNow({ pool, record }: Props): UseQueryResult<Trial> {
  const why = useWhyNoDnsWrite(pool.id);
  const { id, publishedEpoch, state, ttlSeconds, proxied, credentialId } = record;
  return useQuery({
    queryKey: ['dns-record', id, publishedEpoch, state, ttlSeconds, proxied, credentialId],
    queryFn: () => tryName(pool.id, record),
    enabled: why === null && pool.status.bindings.length <= readByItself,
    staleTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
}

/** The record as its provider holds it, and as it should be. */
export function RecordNow({ pool, record, read }: Props & { readonly read: UseQueryResult<Trial> }) {
  const why = useWhyNoDnsWrite(pool.id);
  return (
    <div className="grid gap-2">
      <DataTable
        caption={`The ${record.type} of ${record.name}, as it is and as it should be`}
        columns={columns}
        rows={[isNow(pool, read.data), shallBe(pool, record)]}
        keyOf={({ what }) => what}
        className="is-shall"
      />
      <div className="row wrap small dim">
        {read.isFetching ? (
          <StateWord shape="running">Reading it at the provider</StateWord>
        ) : (
          <Button size="tiny" disabled={why !== null} title={why ?? undefined} onClick={() => void read.refetch()}>
            Read it now
          </Button>
        )}
        {why !== null && <span>{why}</span>}
        {read.data !== undefined && !read.isFetching && (
          <span>
            read <SinceHere atMs={read.data.atMs} /> ago, in {measuredText(read.data.tookMs)}
          </span>
        )}
      </div>
      {read.isError && !read.isFetching && <ProviderFailure error={read.error} credentialId={record.credentialId} />}
      {read.data !== undefined && <Warnings warnings={read.data.test.warnings} />}
    </div>
  );
}

interface Row {
  readonly what: string;
  readonly address: string;
  readonly owner: string | null;
  readonly ttl: string;
  readonly proxied: string;
  readonly mark: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'The record', cell: ({ what }) => what },
  {
    title: 'Address',
    cell: ({ address, owner }) => (
      <>
        <span className="mono">{address}</span>
        {owner !== null && <span className="dim"> {owner}</span>}
      </>
    ),
  },
  { title: 'TTL', cell: ({ ttl }) => ttl },
  { title: 'Proxied', cell: ({ proxied }) => proxied },
  { title: 'Ownership mark', isWide: true, cell: ({ mark }) => <span className="mono wrap-anywhere">{mark}</span> },
];

function isNow(pool: PoolView, read: Trial | undefined): Row {
  const what = 'as it is';
  if (read === undefined) return { what, address: 'not read', owner: null, ttl: '–', proxied: '–', mark: '–' };
  const { record } = read.test;
  const [only] = record.addresses;
  return {
    what,
    address: record.cname ? 'a CNAME' : addressesText(record.addresses),
    owner: only === undefined || record.addresses.length > 1 ? null : (ownerOf(pool, only) ?? 'no member’s'),
    ttl: record.ttlSeconds === null ? '–' : `${record.ttlSeconds} s`,
    proxied: record.proxied ? 'on' : 'off',
    mark: record.mark ?? 'none',
  };
}

function shallBe(pool: PoolView, record: BindingStatus): Row {
  const { desiredAddress, publishedEpoch } = record;
  return {
    what: 'as it should be',
    address: shallAnswer(record),
    owner: desiredAddress === null ? null : ownerOf(pool, desiredAddress),
    ttl: ttlText(record),
    proxied: edgeText(record),
    mark: publishedEpoch === 0 ? 'ours, from the first publish on' : `ours, epoch ${publishedEpoch}`,
  };
}
