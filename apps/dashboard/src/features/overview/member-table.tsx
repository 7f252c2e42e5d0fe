import type { MemberStatus, PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { memberWords } from '../../lib/pool/health-words.ts';
import { addressOf } from '../../lib/pool/names.ts';
import { readinessWords } from '../../lib/pool/standby-words.ts';
import { Box } from '../../ui/box.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Heard } from '../../ui/heard.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';

const columnsOf = (pool: PoolView): readonly Column<MemberStatus>[] => [
  {
    title: 'Member',
    cell: ({ id, hostname, role }) => (
      <span className="row">
        <Link
          className="strong cut max-w-80"
          to="/pools/$pool/members/$member"
          params={{ pool: pool.id, member: id }}
          title={hostname}
        >
          {hostname}
        </Link>
        {role === 'active' && <Tag active>Active</Tag>}
      </span>
    ),
  },
  { title: 'Address', cell: (member) => <span className="mono nowrap">{addressOf(member) ?? '–'}</span> },
  {
    title: 'Health',
    cell: (member) => {
      const { shape, word } = memberWords(member, pool.preset);
      return (
        <StateWord shape={shape} calm={shape === 'healthy'}>
          {word}
        </StateWord>
      );
    },
  },
  {
    title: 'Heard',
    isNumber: true,
    cell: ({ id }) => (
      <span className="nowrap inline-block min-w-12">
        <Heard memberId={id} never="never" />
      </span>
    ),
  },
  {
    title: 'Could take over',
    cell: (member) => {
      if (member.role !== 'standby') return <span className="dimmer">–</span>;
      const { shape, word } = readinessWords(member);
      return (
        <StateWord shape={shape} calm={member.ready}>
          {word}
        </StateWord>
      );
    },
  },
  // It counts: what it takes moves no other column, and turns no line of another row.
  {
    title: 'In one sentence',
    isWide: true,
    cell: ({ standingSentence }) => <span className="dim">{standingSentence}</span>,
  },
];

/** Many members: a row each, in the pool's own order. */
export function MemberTable({ pool, members }: { readonly pool: PoolView; readonly members: readonly MemberStatus[] }) {
  return (
    <Box>
      <DataTable className="mtbl" caption="Members" columns={columnsOf(pool)} rows={members} keyOf={({ id }) => id} />
    </Box>
  );
}
