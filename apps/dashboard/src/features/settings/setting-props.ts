import type { PoolView } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';

export interface SettingProps {
  readonly pool: PoolView;
  /** Why it cannot be changed by this person; null = it can. */
  readonly refused: string | null;
}

/** The server answered, and what it refuses is the value: it belongs to the field. */
export const isOfValue = (error: unknown): boolean =>
  error instanceof Failure && (error.status === 400 || error.status === 409 || error.status === 422);
