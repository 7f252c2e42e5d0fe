import type { BindingDetail, PoolView, ResolverAnswer } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { dnsApi } from '../../lib/api/dns.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { StateWord } from '../../ui/state.tsx';
import { resolverNotes } from './resolver-notes.ts';
import { Since } from './since.tsx';
import { resolverWords } from './words.ts';

/** What caches hold, asked when a person wants to see it: it decides nothing. */
export function ResolverAnswers({ pool, name }: { readonly pool: PoolView; readonly name: string }) {
  const asked = useQuery({
    queryKey: ['dns-resolvers-of', pool.id, name],
    queryFn: ({ signal }) => dnsApi.name(pool.id, name, signal),
    enabled: false,
    gcTime: 0,
    retry: false,
  });
  return (
    <div className="rec-part">
      <div className="row wrap small dim">
        <Button size="tiny" disabled={asked.isFetching} onClick={() => void asked.refetch()}>
          {asked.isFetching ? 'Asking the resolvers' : 'Ask the recursive resolvers'}
        </Button>
        <span>what caches have of it, for your information only</span>
      </div>
      {asked.isError && <FailureNote error={asked.error} />}
      {asked.data?.records.map((record) => (
        <Answers key={record.id} record={record} />
      ))}
    </div>
  );
}

function Answers({ record }: { readonly record: BindingDetail }) {
  if (record.resolvers.length === 0)
    return (
      <p className="small dim">
        No resolver is asked. <Link to="/account/credentials">Choose some</Link> to see what caches hold.
      </p>
    );
  return (
    <>
      <DataTable
        caption={`What recursive resolvers answer for the ${record.type} of ${record.name}`}
        columns={columns}
        rows={record.resolvers}
        keyOf={({ resolver }) => resolver}
        className="answers-of stacks"
      />
      {resolverNotes(record).map((note) => (
        <p key={note} className="small dim wrap-anywhere">
          {note}
        </p>
      ))}
    </>
  );
}

const columns: readonly Column<ResolverAnswer>[] = [
  { title: 'Resolver', cell: ({ resolver }) => <span className="mono">{resolver}</span> },
  {
    title: 'As it should be',
    cell: ({ state }) => (
      <StateWord shape={resolverWords[state].shape} calm={state === 'same'}>
        {resolverWords[state].word}
      </StateWord>
    ),
  },
  { title: 'Answers', isWide: true, cell: (answer) => <span className="wrap-anywhere">{answeredText(answer)}</span> },
  { title: 'TTL left', isNumber: true, cell: ({ ttlSeconds }) => (ttlSeconds === null ? '–' : `${ttlSeconds} s`) },
  {
    title: 'Asked',
    isNumber: true,
    cell: ({ askedAt }) => (
      <span className="nowrap">
        <Since at={askedAt} /> ago
      </span>
    ),
  },
];

function answeredText({ error, addresses, moreAddresses }: ResolverAnswer): string {
  if (error !== null) return error;
  if (addresses.length === 0) return 'no record';
  return [...addresses, ...(moreAddresses === 0 ? [] : [`and ${moreAddresses} more`])].join(', ');
}
