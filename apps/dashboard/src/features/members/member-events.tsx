import type { EventView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../../lib/live/use-live.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { type Shape, StateShape } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { poolEventsQuery, searchedEvents } from './queries.ts';

const mostShown = 20;
const shapes: Readonly<Record<EventView['severity'], Shape>> = {
  info: 'not-applicable',
  warning: 'needs-you',
  critical: 'lost',
};

export interface MemberEventsProps {
  readonly poolId: string;
  readonly memberId: string;
}

/** What happened to this member, the newest first. */
export function MemberEvents({ poolId, memberId }: MemberEventsProps) {
  const read = useQuery(poolEventsQuery(poolId));
  const live = useLive((state) => state.events);
  const newest = read.data?.at(-1)?.seq ?? 0;
  const events = [...(read.data ?? []), ...live.filter(({ seq }) => seq > newest)]
    .filter((event) => event.memberId === memberId)
    .slice(-mostShown)
    .toReversed();
  return (
    <Section id="events" title="Events" className="mt-7" hint={`of the pool’s newest ${searchedEvents}`}>
      <Box className="pad">
        {read.isPending && <Skeleton title="Reading the events" lines={4} />}
        {read.isError && <Problem error={read.error} what="The events" onRetry={() => void read.refetch()} />}
        {read.data !== undefined && events.length === 0 && (
          <EmptyState title="Nothing happened lately">What happens to this member is told here.</EmptyState>
        )}
        {events.length > 0 && (
          <ul className="list">
            {events.map(({ seq, at, severity, sentence }) => (
              <li key={seq}>
                <When at={at} className="dimmer small nowrap" />
                <span className="pt-[3px]">
                  <StateShape shape={shapes[severity]} />
                </span>
                <div className="grow wrap-anywhere">{sentence}</div>
              </li>
            ))}
          </ul>
        )}
      </Box>
    </Section>
  );
}
