import type { PoolView } from '@serverctl/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLive } from '../../lib/live/use-live.ts';
import { eventsQuery } from '../../lib/queries.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { EventLines } from '../../ui/event-lines.tsx';
import { newestOf } from './newest-events.ts';

const shownFirst = 8;

/** What happened in this pool, the newest first: what was there, what came since, and older ones when they are asked for. */
export function Events({ pool }: { readonly pool: PoolView }) {
  const read = useInfiniteQuery(eventsQuery(pool.id));
  const live = useLive((state) => state.events);
  const [isWhole, setWhole] = useState(false);
  const known = read.data === undefined ? [] : newestOf(read.data.pages.flat(), live, pool.id);
  const shown = isWhole ? known : known.slice(0, shownFirst);
  const hasMore = shown.length < known.length || read.hasNextPage;
  const more = () => {
    if (isWhole) void read.fetchNextPage();
    setWhole(true);
  };
  return (
    <Section id="events" title="Events" hint="newest first" className="mt-7">
      <Box className="pad">
        {read.isPending && <Skeleton title="Reading the events" lines={4} />}
        {read.isError && known.length === 0 && (
          <Problem error={read.error} what="The events" onRetry={() => void read.refetch()} />
        )}
        {read.isSuccess && known.length === 0 && (
          <EmptyState title="Nothing happened yet">What happens to this pool is told here.</EmptyState>
        )}
        <EventLines pool={pool} events={shown} />
        {known.length > 0 && hasMore && (
          <p className="ev-more">
            <Button size="tiny" kind="bare" onClick={more} disabled={read.isFetchingNextPage}>
              {read.isFetchingNextPage ? 'Reading older events' : 'Older events'}
            </Button>
            {read.isFetchNextPageError && <span className="small dim">They could not be read. Try again.</span>}
          </p>
        )}
      </Box>
    </Section>
  );
}
