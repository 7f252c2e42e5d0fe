import type { MemberView, PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePool } from '../../lib/pool/use-pool.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { MemberCard } from '../../ui/member-card.tsx';
import { Note } from '../../ui/note.tsx';
import { memberOf } from './kept-member.tsx';
import { MemberActs } from './member-acts.tsx';
import { MemberEvents } from './member-events.tsx';
import { MemberFacts } from './member-facts.tsx';
import { answersText } from './member-words.ts';
import { membersQuery } from './queries.ts';

const route = getRouteApi('/signed-in/pools/$pool/members/$member');

/** One member: how it is, what is known of it, what happened, and what can be done. */
export function MemberPage() {
  const pool = usePool();
  const { member: ref } = route.useParams();
  const member = memberOf(pool, ref);
  const members = useQuery(membersQuery(pool.id));
  const view = members.data?.find(({ id }) => id === member?.id);
  useTitle(member?.hostname ?? 'Member');
  if (member === null)
    return (
      <Box>
        <EmptyState title="There is no such member">
          It may have been removed.{' '}
          <Link to="/pools/$pool/members" params={{ pool: pool.id }}>
            All members of {pool.name}
          </Link>
        </EmptyState>
      </Box>
    );
  return (
    <>
      <p className="small mb-2">
        <Link to="/pools/$pool/members" params={{ pool: pool.id }}>
          Members
        </Link>
      </p>
      <MemberCard
        className="whole"
        pool={pool}
        member={member}
        heading={
          <h2 className="cut" title={member.hostname}>
            {member.hostname}
          </h2>
        }
        foot={
          <span className="dim">{member.role === 'active' ? answersText(pool, member) : member.standingSentence}</span>
        }
      />
      {view?.warnings.map((warning) => (
        <div className="mt-3" key={warning}>
          <Note shape="needs-you">{warning}</Note>
        </div>
      ))}
      <div className="cols c2 sec">
        <div>
          <Known pool={pool} view={view} query={members} />
          <MemberEvents pool={pool} memberId={member.id} />
        </div>
        <MemberActs pool={pool} member={member} />
      </div>
    </>
  );
}

interface KnownProps {
  readonly pool: PoolView;
  readonly view: MemberView | undefined;
  readonly query: { readonly isError: boolean; readonly error: unknown; readonly refetch: () => unknown };
}

function Known({ pool, view, query }: KnownProps) {
  return (
    <Section id="facts" title="What is known">
      <Box className="pad">
        {view !== undefined && <MemberFacts poolId={pool.id} view={view} />}
        {view === undefined && query.isError && (
          <Problem error={query.error} what="What is set for it" onRetry={() => void query.refetch()} />
        )}
        {view === undefined && !query.isError && <Skeleton title="Reading what is set for it" lines={6} />}
      </Box>
    </Section>
  );
}
