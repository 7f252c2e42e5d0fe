import type { PoolPatch, PoolView } from '@serverctl/contract';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { type Draft, settle } from './draft.ts';

export interface SettingOf<Value> {
  readonly pool: PoolView;
  /** The part of the settings that the form is about. */
  readonly read: (pool: PoolView) => Value;
  readonly patch: (value: Value) => PoolPatch;
}

export interface Setting<Value> {
  readonly shown: Value;
  readonly isDirty: boolean;
  readonly theirs: { readonly value: Value } | null;
  readonly isWorking: boolean;
  /** Of the last save, until something is written again. */
  readonly isSaved: boolean;
  readonly needsProof: boolean;
  readonly error: unknown;
  readonly change: (part: Partial<Value>) => void;
  readonly save: () => void;
  /** Back to what is stored; theirs, where somebody changed it. */
  readonly undo: () => void;
  /** Theirs was seen, and mine shall be saved all the same. */
  readonly keepMine: () => void;
  readonly goOn: () => void;
}

/** One section of the page: saved by itself, never over what somebody else stored meanwhile and was not shown. */
export function useSetting<Value extends object>({ pool, read, patch }: SettingOf<Value>): Setting<Value> {
  const stored = read(pool);
  const [draft, setDraft] = useState<Draft<Value> | null>(null);
  const { shown, isDirty, isPending, theirs } = settle(draft, stored);
  const act = useAct(
    (value: Value) => poolsApi.set(pool.id, patch(value)),
    (reply) => setDraft((before) => before && { ...before, value: read(reply), isSaved: true }),
  );
  const { kind } = act.state;
  return {
    shown,
    isDirty,
    theirs,
    isWorking: kind === 'working' || isPending,
    isSaved: kind === 'done' && !isDirty,
    needsProof: kind === 'proof',
    error: act.state.kind === 'failed' ? act.state.error : null,
    change(part) {
      if (kind === 'working' || isPending) return;
      setDraft({ value: { ...shown, ...part }, base: isDirty && draft !== null ? draft.base : stored, isSaved: false });
      if (kind !== 'ready') act.reset();
    },
    save: () => isDirty && theirs === null && act.run(shown),
    undo() {
      setDraft(null);
      act.reset();
    },
    keepMine: () => setDraft({ value: shown, base: stored, isSaved: false }),
    goOn: act.goOn,
  };
}
