import type { PoolView, PromotePreview } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { type Fresh, useFresh } from '../../lib/act/use-fresh.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { promotionsQuery } from '../../lib/queries.ts';
import { fingerprintOf, linesOf, type Move, marked, moveOf } from './move.ts';

const nothing: Move = { changes: [], costs: [] };

export interface MoveRead extends Move {
  /** Undefined while it is read, or where it could not be. */
  readonly preview: PromotePreview | undefined;
  readonly error: unknown;
  readonly fresh: Fresh;
  readonly again: () => void;
}

/** A preview of the server, asked again whenever the pool changes under the person; what is shown stays until the new one is there. */
export function useMove(pool: PoolView, kind: string, ask: () => Promise<PromotePreview>, isOn: boolean): MoveRead {
  const read = useQuery({
    queryKey: ['move', pool.id, kind, fingerprintOf(pool)],
    queryFn: ask,
    enabled: isOn,
    placeholderData: (before: PromotePreview | undefined) => before,
    gcTime: 0,
  });
  const promotions = useQuery(promotionsQuery(pool.id)).data;
  const preview = read.data;
  const sessions = useLive(({ traffic }) => traffic.get(preview?.fromMemberId ?? '')?.sessions ?? null);
  const move = preview === undefined ? nothing : moveOf({ pool, preview, promotions, sessions });
  const fresh = useFresh(linesOf(move));
  return {
    ...marked(move, fresh.lines),
    preview,
    error: read.error,
    fresh,
    again: () => void read.refetch(),
  };
}
