import type { PoolView, PromotionDetail } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { afterwardsQuery } from '../../lib/queries.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { EventLines } from '../../ui/event-lines.tsx';

export interface AfterwardsProps {
  readonly pool: PoolView;
  readonly promotion: PromotionDetail;
}

/** What the event log says from the decision on, oldest first. */
export function Afterwards({ pool, promotion }: AfterwardsProps) {
  const read = useQuery(afterwardsQuery(pool.id, promotion.decidedAt));
  const events = read.data?.filter(({ details }) => details['promotionId'] !== promotion.id) ?? [];
  return (
    <Section id="afterwards" title="After the move" hint="oldest first">
      <Box className="pad">
        {read.isPending && <Skeleton title="Reading the events" lines={4} />}
        {read.isError && <Problem error={read.error} what="The events" onRetry={() => void read.refetch()} />}
        {read.isSuccess && events.length === 0 && (
          <EmptyState title="Nothing happened since">What happens to this pool from here on is told here.</EmptyState>
        )}
        <EventLines pool={pool} events={events} />
      </Box>
    </Section>
  );
}
