import type { RecordView } from '@serverctl/core';

/** What a person wrote where our mark belongs, and what becomes of it with the next write (R18); null where nobody wrote anything. */
export function noteSentence({ note = '', noteStays }: Pick<RecordView, 'note' | 'noteStays'>): string | null {
  if (note === '') return null;
  const what = `Somebody wrote there: “${note}”;`;
  if (noteStays === undefined) return `${what} that stays, in front of our mark.`;
  if (noteStays === 'unmarked')
    return `${what} that stays, and leaves no room for our mark: writes are fenced by the record’s value only.`;
  return `${what} of several records’ notes that are too long for one, that of the record which stays is kept.`;
}
