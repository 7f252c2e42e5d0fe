import type { MemberMaintained, PoolView } from '@serverctl/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import { hostnameOf } from '../../lib/pool/names.ts';
import { Skeleton } from '../../ui/absent.tsx';
import { type ChangeLine, RecordChange } from '../../ui/act-dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Note } from '../../ui/note.tsx';

/** What a switchover before the maintenance moves, name by name; or why there can be none. */
export function SwitchPreview({
  pool,
  preview: read,
}: {
  readonly pool: PoolView;
  readonly preview: UseQueryResult<MemberMaintained>;
}) {
  if (read.isError) return <FailureNote error={read.error} />;
  if (read.data === undefined) return <Skeleton title="Looking who would take over" lines={3} />;
  const { preview } = read.data;
  if (preview === null) return <p className="dim">No record moves.</p>;
  const to = hostnameOf(pool, preview.toMemberId);
  const lines = preview.names.flatMap(({ name, type, from, to: address }): ChangeLine[] => [
    ...from.map((one): ChangeLine => ({ sign: '-', text: `${name} ${type} ${one}` })),
    { sign: '+', text: `${name} ${type} ${address ?? 'none'}`, note: to },
  ]);
  const ttlSeconds = Math.max(0, ...preview.names.map((one) => one.ttlSeconds));
  return (
    <div className="grid gap-3">
      <p>{preview.sentence}</p>
      <RecordChange lines={lines} />
      <p className="small dim">Clients may hold the old address for {ttlSeconds} s.</p>
      {[...new Set(preview.names.flatMap(({ warnings }) => warnings))].map((warning) => (
        <Note key={warning} shape="needs-you">
          {warning}
        </Note>
      ))}
    </div>
  );
}
