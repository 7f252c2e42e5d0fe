import type { InstanceId, Mark, PoolId, RecordView } from '@serverctl/core';
import { fitsComment, readComment, writeComment } from './comment.ts';
import type { HeldRecord } from './reply.ts';

/*
 * What persons wrote at a name, and what becomes of it when the name is written (R18). Of several records one stays, so their notes become
 * one comment:
 *
 *   all notes together          | the comment afterwards                                       | fenced by
 *   and the mark fit            | the notes, then the mark                                     | record-and-mark
 *   fit, but not with the mark  | the notes                                                    | value-only
 *   do not fit                  | the note of the record that stays, else the first that fits; | as for that one note
 *                               | the others go with their records                             |
 */

/** The comment that a record gets; null = it keeps its own. */
export interface PlannedComment {
  readonly comment: string | null;
  readonly isMarked: boolean;
}

/** A mark as long as marks get, but for those that count past nine digits. */
const longestMark: Mark = {
  instance: '0'.repeat(12) as InstanceId,
  pool: '0'.repeat(12) as PoolId,
  epoch: 999_999_999,
  promotion: '0'.repeat(12) as NonNullable<Mark['promotion']>,
};

/** The notes of all records, each once, as one line: a comment has no line breaks. Empty where nobody wrote any. */
export function joinedNote(records: readonly HeldRecord[], instance: InstanceId): string {
  return joined(distinctNotes(records, instance));
}

/** What the record that stays, or is made (null), is to say. */
export function planComment(
  kept: HeldRecord | null,
  records: readonly HeldRecord[],
  mark: Mark,
  { instance, commentLimit }: { readonly instance: InstanceId; readonly commentLimit: number },
): PlannedComment {
  const own = readComment(kept?.comment ?? null, instance).note;
  const note = noteThatStays(own, distinctNotes(records, instance), commentLimit);
  const marked = writeComment(note, mark, commentLimit);
  if (marked !== null) return { comment: marked, isMarked: true };
  return { comment: note === own ? null : note, isMarked: false };
}

/** As `RecordView` has it: undefined where the notes stay whole, in front of any mark of ours. */
export function noteStaysAs(
  records: readonly HeldRecord[],
  instance: InstanceId,
  commentLimit: number,
): RecordView['noteStays'] {
  const notes = distinctNotes(records, instance);
  if (notes.length > 1 && !fitsComment(joined(notes), commentLimit)) return 'in-part';
  return writeComment(joined(notes), longestMark, commentLimit) === null ? 'unmarked' : undefined;
}

function noteThatStays(own: string, notes: readonly string[], commentLimit: number): string {
  if (fitsComment(joined(notes), commentLimit)) return joined(notes);
  return own === '' ? (notes.find((note) => fitsComment(note, commentLimit)) ?? '') : own;
}

function distinctNotes(records: readonly HeldRecord[], instance: InstanceId): readonly string[] {
  const notes = records.map(({ comment }) => readComment(comment, instance).note);
  return [...new Set(notes)].filter((note) => note !== '');
}

function joined(notes: readonly string[]): string {
  return notes.join('; ');
}
