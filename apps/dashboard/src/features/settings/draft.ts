/*
 * One part of the settings while a person edits it:
 *
 *   none ──→ dirty ──→ saved (the stream has not brought it yet) ──→ none
 *             │ ↑
 *             └─┴ conflict: somebody else changed it meanwhile; the person says whose it shall be
 */
export interface Draft<Value> {
  readonly value: Value;
  /** What was stored when it was begun, or what the person was shown since. */
  readonly base: Value;
  readonly isSaved: boolean;
}

export interface Settled<Value> {
  readonly shown: Value;
  /** What is stored, by the server's last word: its reply, until the stream brings it. */
  readonly stored: Value;
  /** Other than what is stored. */
  readonly isDirty: boolean;
  /** Stored, and not brought by the stream yet. */
  readonly isPending: boolean;
  /** What somebody else stored meanwhile; null = nobody did. */
  readonly theirs: { readonly value: Value } | null;
}

/** What a form shows of a draft beside what is stored now. Pure. */
export function settle<Value>(draft: Draft<Value> | null, stored: Value): Settled<Value> {
  const calm = { isDirty: false, isPending: false, theirs: null };
  if (draft === null || isSame(draft.value, stored)) return { ...calm, shown: stored, stored };
  const isAsBefore = isSame(draft.base, stored);
  if (!draft.isSaved) {
    return {
      shown: draft.value,
      stored,
      isDirty: true,
      isPending: false,
      theirs: isAsBefore ? null : { value: stored },
    };
  }
  if (!isAsBefore) return { ...calm, shown: stored, stored };
  return { ...calm, shown: draft.value, stored: draft.value, isPending: true };
}

/** Forms are plain data. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
