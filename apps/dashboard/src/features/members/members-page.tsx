import type { MemberStatus } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { usePool } from '../../lib/pool/use-pool.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { ActLink } from '../../ui/act-link.tsx';
import { Box } from '../../ui/box.tsx';
import { FindField } from '../../ui/find-field.tsx';
import { NoMember } from './no-member.tsx';
import { membersQuery } from './queries.ts';
import { RosterTable } from './roster-table.tsx';

const route = getRouteApi('/signed-in/pools/$pool/members');

/** All members in the order in which they take over, and what is set for each. */
export function MembersPage() {
  const pool = usePool();
  const { find = '' } = route.useSearch();
  const members = useQuery(membersQuery(pool.id));
  useTitle(`Members of ${pool.name}`);
  if (pool.status.members.length === 0) return <NoMember />;
  const found = pool.status.members.filter((member) => fits(member, find));
  return (
    <section aria-labelledby="roster">
      <div className="sec-h">
        <h2 id="roster">Members</h2>
        <span className="small dimmer hint">the lowest priority that is ready takes over</span>
        <span className="grow" />
        <Filter />
        <ActLink act="add-member">Add member</ActLink>
      </div>
      <Box>
        {members.isError && (
          <Problem error={members.error} what="What is set for the members" onRetry={() => void members.refetch()} />
        )}
        {members.isPending && <Skeleton title="Reading the members" lines={6} />}
        {members.data !== undefined && found.length === 0 && (
          <EmptyState title="None of these">No member fits what is looked for.</EmptyState>
        )}
        {members.data !== undefined && found.length > 0 && (
          <RosterTable pool={pool} members={found} views={members.data} />
        )}
      </Box>
    </section>
  );
}

/** By whatever a person may know of it: name, address, zone, state. */
function fits({ hostname, address, address6, zone, health, role }: MemberStatus, find: string): boolean {
  const wanted = find.trim().toLowerCase();
  return [hostname, address, address6, zone, health, role].some((text) => text?.toLowerCase().includes(wanted));
}

/** What stands in it is part of the address. */
function Filter() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const look = (wanted: string) =>
    void navigate({
      search: ({ find: _before, ...rest }) => ({ ...rest, ...(wanted !== '' && { find: wanted }) }),
      replace: true,
      resetScroll: false,
    });
  return (
    <FindField
      label="Filter members"
      placeholder="Filter by name, address, zone"
      className="roster-find"
      value={find}
      onValue={look}
    />
  );
}
