import type { PoolView, PromotePreview } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Fresh, useFresh } from '../../lib/act/use-fresh.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { promotionsQuery } from '../../lib/queries.ts';
import { systemClock } from '../../platform/clock.ts';
import { fingerprintOf, linesOf, type Move, marked, moveOf } from './move.ts';

const nothing: Move = { changes: [], costs: [] };

export interface MoveRead extends Move {
  /** The last one that was read: it stays where it cannot be read again. Undefined = there was none yet. */
  readonly preview: PromotePreview | undefined;
  /** When that one was read, on the page's clock. */
  readonly readAtMs: number;
  readonly error: unknown;
  /** It is being read, or read again. */
  readonly isReading: boolean;
  readonly fresh: Fresh;
  readonly again: () => void;
}

/** A preview of the server, asked again whenever the pool changes under the person; what is shown stays until the new one is there. */
export function useMove(pool: PoolView, kind: string, ask: () => Promise<PromotePreview>, isOn: boolean): MoveRead {
  // When it was read is of the same reading: an age in its sentence is as of then.
  const read = useQuery({
    queryKey: ['move', pool.id, kind, fingerprintOf(pool)],
    queryFn: async () => ({ preview: await ask(), atMs: systemClock.nowMs() }),
    enabled: isOn,
    gcTime: 0,
  });
  const promotions = useQuery(promotionsQuery(pool.id)).data;
  const [kept, keep] = useState(read.data);
  if (read.data !== undefined && read.data !== kept) keep(read.data);
  const { preview, atMs: readAtMs = 0 } = read.data ?? kept ?? {};
  // Until it was read again: being tried again is no preview yet.
  const [lastError, setLastError] = useState(read.error);
  const error = read.error ?? (read.data === undefined ? lastError : null);
  if (error !== lastError) setLastError(error);
  const sessions = useLive(({ traffic }) => traffic.get(preview?.fromMemberId ?? '')?.sessions ?? null);
  const move = preview === undefined ? nothing : moveOf({ pool, preview, promotions, sessions });
  const fresh = useFresh(linesOf(move));
  return {
    ...marked(move, fresh.lines),
    preview,
    readAtMs,
    error: preview === undefined ? read.error : error,
    isReading: read.isFetching,
    fresh,
    again: () => void read.refetch(),
  };
}
