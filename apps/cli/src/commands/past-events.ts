import type { EventQuery, EventView } from '@serverctl/contract';
import type { Context } from '../context.ts';

/** Which of the past events; `sinceMs` is a time of day in milliseconds, as Date has it. */
export interface Wanted {
  readonly pool: Pick<EventQuery, 'poolId'>;
  readonly limit: number;
  readonly sinceMs: number | null;
  fits(event: EventView): boolean;
}

const page = 500;
/** 50,000 sequence numbers: whoever wants more reads the log by `--json` and `after`. */
const mostPages = 100;

/** The newest events that fit, oldest first. The API pages forwards, so this asks for one window of sequence numbers before the other. */
export async function pastEvents(
  client: Context['client'],
  { pool, limit, sinceMs, fits }: Wanted,
): Promise<{ readonly events: readonly EventView[]; readonly next: number }> {
  const { events: newest, next } = await client.events({
    ...pool,
    limit: Math.min(page, sinceMs === null ? limit : page),
  });
  const isOld = (event: EventView) => sinceMs !== null && Date.parse(event.at) < sinceMs;
  let found = newest.filter((event) => fits(event) && !isOld(event));
  let oldest = newest[0];
  for (let pages = 1; pages < mostPages && found.length < limit && oldest !== undefined && !isOld(oldest); pages += 1) {
    const before = oldest.seq;
    const after = Math.max(0, before - 1 - page);
    if (before <= 1) break;
    // With `before` nothing is held back: all below what was told is there.
    const { events } = await client.events({ ...pool, after, before, limit: page });
    const earlier = events.filter(({ seq }) => seq < before);
    found = [...earlier.filter((event) => fits(event) && !isOld(event)), ...found];
    // A window that holds none of this pool is passed by its number alone.
    oldest = earlier[0] ?? { ...oldest, seq: after + 1 };
    if (after === 0) break;
  }
  return { events: found.slice(-limit), next };
}
