import type { EventView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../../lib/live/use-live.ts';
import { eventsQuery } from '../../lib/queries.ts';
import { clockText, utcText } from '../../lib/words.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { type Shape, StateShape } from '../../ui/state.tsx';

const mostShown = 8;
const shapes: Readonly<Record<EventView['severity'], Shape>> = {
  info: 'not-applicable',
  warning: 'needs-you',
  critical: 'lost',
};
/** What is merely normal has no tick; what is well again has. */
const isRecovery = (kind: string): boolean => /\.(healthy|recovered|resumed|heard-again|.*over)$/.test(kind);

/** What happened in this pool, the newest first: what was there, and what came since. */
export function Events({ poolId }: { readonly poolId: string }) {
  const read = useQuery(eventsQuery(poolId));
  const live = useLive((state) => state.events);
  return (
    <Section id="events" title="Events" className="mt-7">
      <Box className="pad">
        {read.isPending && <Skeleton title="Reading the events" lines={4} />}
        {read.isError && <Problem error={read.error} what="The events" onRetry={() => void read.refetch()} />}
        {read.data !== undefined && <List events={newestOf(read.data, live, poolId)} />}
      </Box>
    </Section>
  );
}

function newestOf(read: readonly EventView[], live: readonly EventView[], poolId: string): readonly EventView[] {
  const newest = read.at(-1)?.seq ?? 0;
  const since = live.filter((event) => event.poolId === poolId && event.seq > newest);
  return [...read, ...since].slice(-mostShown).toReversed();
}

function List({ events }: { readonly events: readonly EventView[] }) {
  if (events.length === 0)
    return <EmptyState title="Nothing happened yet">What happens to this pool is told here.</EmptyState>;
  return (
    <ul className="list">
      {events.map(({ seq, at, kind, severity, sentence }) => (
        <li key={seq}>
          <time className="dimmer small nowrap w-10" dateTime={at} title={utcText(at)}>
            {clockText(at)}
          </time>
          <span className="pt-[3px]">
            <StateShape shape={isRecovery(kind) ? 'healthy' : shapes[severity]} />
          </span>
          <div className="grow wrap-anywhere">{sentence}</div>
        </li>
      ))}
    </ul>
  );
}
