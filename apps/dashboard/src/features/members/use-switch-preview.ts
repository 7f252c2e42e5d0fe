import type { PoolView, PromotePreview } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useFresh } from '../../lib/act/use-fresh.ts';
import { membersApi } from '../../lib/api/members.ts';
import type { ChangeLine } from '../../ui/act-dialog.tsx';
import { switchKey, switchLack, switchLines, textOf } from './switch.ts';

export interface SwitchPreviewRead {
  /** Undefined while it is asked; null = no record moves. */
  readonly preview: PromotePreview | null | undefined;
  readonly error: unknown;
  /** Those that changed under the person are marked. */
  readonly lines: readonly ChangeLine[];
  readonly toMemberId: string | null;
  /** Why it cannot be confirmed as it is shown; null = it can. */
  readonly lack: string | null;
  readonly again: () => void;
}

/** The switchover before a maintenance, asked again whenever the pool changes under the person; what is shown stays until the new one is there. */
export function useSwitchPreview(pool: PoolView, memberId: string, isAsked: boolean): SwitchPreviewRead {
  const read = useQuery({
    // A key of its own: what lies under the members' is asked again at each message of the pool, and this asks the provider.
    queryKey: ['switch-preview', pool.id, memberId, switchKey(pool)],
    queryFn: async () => {
      const asked = { minutes: 1, reason: 'a preview changes nothing', onActive: 'switch', preview: true } as const;
      return (await membersApi.maintain(pool.id, memberId, asked)).preview;
    },
    enabled: isAsked,
    placeholderData: (before: PromotePreview | null | undefined) => before,
    staleTime: 0,
    gcTime: 0,
  });
  const { data: preview, isError, isPlaceholderData, isFetching } = read;
  const lines = preview == null ? [] : switchLines(pool, preview);
  const fresh = useFresh(isError ? [] : lines.map(textOf));
  return {
    preview,
    error: read.error,
    lines: lines.map((line) => ({ ...line, isNew: fresh.lines.has(textOf(line)) })),
    toMemberId: preview?.toMemberId ?? null,
    lack: switchLack({ preview, isError, isOld: isPlaceholderData || isFetching, isJustNow: fresh.isJustNow }),
    again: () => void read.refetch(),
  };
}
