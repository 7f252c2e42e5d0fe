import { formatMark, type InstanceId, type Mark, type RecordView } from '@serverctl/core';
import { viewMark } from '../record-view.ts';

/*
 * The mark stands at the end of the record's comment, which is a person's place too (R18):
 *
 *   comment                                  | note                  | mark
 *   none                                     |                       | none
 *   <text>                                   | the text              | none: a note claims nothing; that the record is not ours is said by
 *                                            |                       | the missing mark, and it is taken over only by a person's yes (R21)
 *   <mark> or <text> <mark>                  | the text, if any      | ours or foreign
 *   [<text>] v=… cp=… and not a mark of ours | the text, if any      | unreadable, which is treated as foreign: another version, two marks,
 *                                            |                       | or one that somebody wrote into
 *
 * The note is shown with the view and stays in front of every mark that is written; of several records, as note.ts has it. A note without a mark
 * is not `unreadable`: else a word by a person on a record of ours would pause its pool as another control plane does.
 */

/** What a record's comment says. */
export interface Comment {
  readonly note: string;
  readonly mark: RecordView['mark'];
}

const markBegins = /(?:^|\s)(?=v=\d+ cp=)/;

/** Reads a comment from the eyes of `instance`. */
export function readComment(text: string | null, instance: InstanceId): Comment {
  const comment = text ?? '';
  const found = markBegins.exec(comment);
  if (found === null) return { note: comment.trimEnd(), mark: { kind: 'none' } };
  const start = found.index + found[0].length;
  return { note: comment.slice(0, found.index).trimEnd(), mark: viewMark(comment.slice(start), instance) };
}

/** The comment that holds note and mark, or null where both together are longer than the plan takes: then no mark is written (R18). */
export function writeComment(note: string, mark: Mark, commentLimit: number): string | null {
  const text = note === '' ? formatMark(mark) : `${note} ${formatMark(mark)}`;
  return fitsComment(text, commentLimit) ? text : null;
}

/**
 * Whether the plan takes a comment of this text. Counted in bytes, the strictest way to count: a comment that is refused would cost the
 * failover, a short one costs nothing.
 */
export function fitsComment(text: string, commentLimit: number): boolean {
  return Buffer.byteLength(text) <= commentLimit;
}
