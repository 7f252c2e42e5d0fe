import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../../lib/live/use-live.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { EventLines } from '../../ui/event-lines.tsx';
import { poolEventsQuery, searchedEvents } from './queries.ts';

const mostShown = 20;

export interface MemberEventsProps {
  readonly pool: PoolView;
  readonly memberId: string;
}

/** What happened to this member, the newest first. */
export function MemberEvents({ pool, memberId }: MemberEventsProps) {
  const read = useQuery(poolEventsQuery(pool.id));
  const live = useLive((state) => state.events);
  const newest = read.data?.at(-1)?.seq ?? 0;
  const events = [...(read.data ?? []), ...live.filter(({ seq }) => seq > newest)]
    .filter((event) => event.memberId === memberId)
    .slice(-mostShown)
    .toReversed();
  return (
    <Section id="events" title="Events" className="mt-7" hint={`newest first, of the pool’s newest ${searchedEvents}`}>
      <Box className="pad">
        {read.isPending && <Skeleton title="Reading the events" lines={4} />}
        {read.isError && <Problem error={read.error} what="The events" onRetry={() => void read.refetch()} />}
        {read.data !== undefined && events.length === 0 && (
          <EmptyState title="Nothing happened lately">What happens to this member is told here.</EmptyState>
        )}
        {events.length > 0 && <EventLines pool={pool} events={events} />}
      </Box>
    </Section>
  );
}
