import type { PoolPatch, PoolView } from '@serverctl/contract';
import { useEffect, useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { useStale } from '../../lib/act/use-stale.ts';
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
  /** By the server's last word. */
  readonly stored: Value;
  readonly isDirty: boolean;
  readonly theirs: { readonly value: Value } | null;
  /** It is being stored, or the page does not show it yet: nothing can be written. */
  readonly isWorking: boolean;
  /** Stored, and the stream has not brought it yet. */
  readonly isPending: boolean;
  /** Of the last save, until something is written again. */
  readonly isSaved: boolean;
  readonly needsProof: boolean;
  readonly error: unknown;
  /** Why nothing can be saved from this page now, whatever it is; null = it is live. */
  readonly stale: string | null;
  readonly change: (part: Partial<Value>) => void;
  readonly save: () => void;
  /** Back to what is stored; theirs, where somebody changed it. */
  readonly undo: () => void;
  /** Theirs was seen, and mine shall be saved all the same. */
  readonly keepMine: () => void;
  readonly goOn: () => void;
  /** Back to the form, with what was written. */
  readonly askAnew: () => void;
}

/** One section of the page: saved by itself, never over what somebody else stored meanwhile and was not shown. */
export function useSetting<Value extends object>({ pool, read, patch }: SettingOf<Value>): Setting<Value> {
  const stored = read(pool);
  const [draft, setDraft] = useState<Draft<Value> | null>(null);
  const { isPending, ...settled } = settle(draft, stored);
  const { shown, isDirty, theirs } = settled;
  const stale = useStale();
  const act = useAct(
    (value: Value) => poolsApi.set(pool.id, patch(value)),
    (reply) => setDraft((before) => before && { ...before, value: read(reply), isSaved: true }),
  );
  const { kind } = act.state;
  const isArrived = draft?.isSaved === true && !isPending;
  useEffect(() => {
    // Brought by the stream: kept longer, it would be shown again once somebody put the value of before back.
    // What was typed since is another draft.
    if (isArrived) setDraft((now) => (now?.isSaved === true ? null : now));
  }, [isArrived]);
  return {
    ...settled,
    stale,
    isWorking: kind === 'working' || isPending,
    isPending: kind === 'done' && isPending,
    // Until the stream has brought it nothing can be written anew, so it is not said before.
    isSaved: kind === 'done' && !isDirty && !isPending,
    needsProof: kind === 'proof',
    error: act.state.kind === 'failed' ? act.state.error : null,
    change(part) {
      if (kind === 'working' || isPending) return;
      setDraft({ value: { ...shown, ...part }, base: isDirty && draft !== null ? draft.base : stored, isSaved: false });
      if (kind !== 'ready') act.reset();
    },
    save: () => isDirty && theirs === null && stale === null && act.run(shown),
    undo() {
      setDraft(null);
      act.reset();
    },
    keepMine: () => setDraft({ value: shown, base: stored, isSaved: false }),
    // What changed while the proof was given is said first.
    goOn: theirs === null ? act.goOn : act.reset,
    askAnew: act.reset,
  };
}
