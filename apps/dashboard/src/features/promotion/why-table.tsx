import type { JudgedMember, PoolView, PromotionDetail } from '@serverctl/contract';
import type { ReactNode } from 'react';
import { healthWords } from '../../lib/pool/health-words.ts';
import { hostnameOf } from '../../lib/pool/names.ts';
import { ageText, secondText, sinceText } from '../../lib/words.ts';
import { EmptyState } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { type Shape, StateShape } from '../../ui/state.tsx';

/** R7: heard longer ago than this, a member is not promoted. */
const mostSilentMs = 3_000;

const haproxyWords: Readonly<Record<JudgedMember['haproxy'], { readonly shape: Shape; readonly word: string }>> = {
  running: { shape: 'healthy', word: 'active' },
  neutral: { shape: 'unknown', word: 'no verdict' },
  inactive: { shape: 'inactive', word: 'inactive' },
  absent: { shape: 'inactive', word: 'not installed' },
  unreported: { shape: 'unknown', word: 'not reported' },
  unmonitored: { shape: 'not-applicable', word: 'not watched' },
};

export interface WhyTableProps {
  readonly pool: PoolView;
  readonly promotion: PromotionDetail;
}

/** Each member as the decision saw it, and why it, or why not it (R14). */
export function WhyTable({ pool, promotion }: WhyTableProps) {
  const { why, toMemberId, decidedAt } = promotion;
  const to = hostnameOf(pool, toMemberId);
  return (
    <Section
      id="why"
      title={`Why ${to}, and why not the others`}
      {...(why !== null && { hint: `as known at ${secondText(decidedAt)}` })}
      className="sec"
    >
      <Box>
        {why === null ? (
          <EmptyState title="The evidence is not kept any more">
            It is kept for some months. The timeline and the sentence stay.
          </EmptyState>
        ) : (
          <DataTable
            className="judged"
            caption="Members as the decision saw them"
            columns={columnsFor(promotion)}
            rows={sorted(why.members, promotion)}
            keyOf={({ memberId }) => memberId}
          />
        )}
      </Box>
    </Section>
  );
}

/** The promoted one first, the old one last. */
function sorted(
  members: readonly JudgedMember[],
  { toMemberId, fromMemberId }: PromotionDetail,
): readonly JudgedMember[] {
  const rank = ({ memberId }: JudgedMember) => (memberId === toMemberId ? 0 : memberId === fromMemberId ? 2 : 1);
  return members.toSorted((a, b) => rank(a) - rank(b));
}

function columnsFor({ toMemberId, fromMemberId }: PromotionDetail): readonly Column<JudgedMember>[] {
  return [
    {
      title: 'Member',
      cell: ({ memberId, hostname, ready }) => (
        <>
          <b className="strong nowrap">{hostname}</b>
          <div className="dim">
            {memberId === toMemberId ? (
              <b className="strong">Promoted</b>
            ) : memberId === fromMemberId ? (
              'Was active'
            ) : ready ? (
              'Candidate'
            ) : (
              'Not a candidate'
            )}
          </div>
        </>
      ),
    },
    { title: 'Heard within 3 s', cell: heard },
    { title: 'Health', cell: ({ health }) => <Said {...lower(healthWords[health])} /> },
    { title: 'HAProxy', cell: ({ haproxy }) => <Said {...haproxyWords[haproxy]} /> },
    {
      title: 'Maintenance',
      cell: ({ maintenanceLeftMs: left }) =>
        left === null ? (
          <Said shape="healthy" word="none" />
        ) : (
          <Said shape="maintenance" word={`for ${sinceText(left)} more`} />
        ),
    },
    {
      title: 'Quarantined',
      cell: ({ quarantined }) => <Said shape={quarantined ? 'refused' : 'healthy'} word={quarantined ? 'yes' : 'no'} />,
    },
    {
      title: 'Public address',
      cell: ({ addresses }) =>
        addresses.length === 0 ? (
          <Said shape="refused" word="none" />
        ) : (
          <Said shape="healthy" word={<span className="mono">{addresses.join(', ')}</span>} />
        ),
    },
    { title: 'Priority', isNumber: true, cell: ({ priority }) => priority },
    { title: 'In one sentence', cell: ({ because }) => <span className="dim">{because}</span> },
  ];
}

function heard({ silentMs }: JudgedMember) {
  if (silentMs === null) return <Said shape="unknown" word="never" />;
  return <Said shape={silentMs <= mostSilentMs ? 'healthy' : 'lost'} word={`${ageText(silentMs)} before`} />;
}

const lower = ({ shape, word }: { readonly shape: Shape; readonly word: string }) => ({
  shape,
  word: word.startsWith('HAProxy') ? word : word.toLowerCase(),
});

function Said({ shape, word }: { readonly shape: Shape; readonly word: ReactNode }) {
  return (
    <span className="yn">
      <StateShape shape={shape} />
      <span>{word}</span>
    </span>
  );
}
