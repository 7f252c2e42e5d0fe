import type { PoolView, PromotePreview } from '@serverctl/contract';
import { hostnameOf } from '../../lib/pool/names.ts';
import type { ChangeLine } from '../../ui/act-dialog.tsx';

/** The records that a switchover moves, as they are and as they will be. */
export function switchLines(pool: PoolView, preview: PromotePreview): readonly ChangeLine[] {
  const to = hostnameOf(pool, preview.toMemberId);
  return preview.names.flatMap(({ name, type, from, to: address }): ChangeLine[] => [
    ...from.map((one): ChangeLine => ({ sign: '-', text: `${name} ${type} ${one}` })),
    { sign: '+', text: `${name} ${type} ${address ?? 'none'}`, note: to },
  ]);
}

/** What may not change unseen while somebody is about to confirm it. */
export const textOf = ({ sign, text, note }: ChangeLine): string => `${sign}${text} ${note}`;

/** What of the pool the preview is made from: the provider is asked again when that is another, and not at each heartbeat. */
export function switchKey({ epoch, activeMemberId, held, paused, status }: PoolView): string {
  const next = status.members.find(({ id }) => id === status.nextInLine);
  const names = status.bindings.map(({ id, ttlSeconds, desiredAddress }) => [id, ttlSeconds, desiredAddress]);
  return JSON.stringify([
    ...[epoch, activeMemberId, held, paused?.since, next?.id, next?.ready, next?.address, next?.address6],
    names,
  ]);
}

export interface SwitchRead {
  readonly preview: PromotePreview | null | undefined;
  readonly isError: boolean;
  /** It is of the pool as it was a moment ago. */
  readonly isOld: boolean;
  readonly isJustNow: boolean;
}

/** Why the switchover cannot be confirmed as it is shown; null = it can. */
export function switchLack({ preview, isError, isOld, isJustNow }: SwitchRead): string | null {
  if (isError) return 'It is not known who would take over.';
  if (preview === undefined || isOld) return 'Looking who would take over.';
  if (preview === null) return 'Nobody to switch over to is known.';
  return isJustNow ? 'The preview changed just now.' : null;
}
