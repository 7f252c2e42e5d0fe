import type { RecordView, WriteRequest } from '@serverctl/core';
import { answerText } from './drift-watch.ts';

/*
 * A write that was acknowledged may never have come to the record: a provider lies, or loses it in a crash. Its mark tells, which is of an
 * older epoch then; but not where the mark is shared, and the name's other record has been written since. What that record still answers
 * looks then as if a person had put it there (R21).
 *
 * So what the last write was to replace is kept until somebody has seen another answer: a read, or an authoritative server that had
 * followed the record up to the write (R24); of one that lags, the new address may be the one before the last. Servers answer within
 * moments, so that whoever puts the old address back by hand does so after that, and it stays. It outlives a term of the lease, as long as no
 * other loop led in between (publication-progress.ts).
 */

/** The last write of one name, as long as nobody has seen that it took effect. */
export class UnseenWrite {
  #replaces: string | null = null;
  #before: string | null = null;
  /** What each server was last seen to follow the record to. */
  readonly #followed = new Map<string, string>();

  /** Right before it is sent. */
  sends(request: WriteRequest): void {
    const { rrset } = request.expected;
    this.#before = this.#replaces;
    const old = rrset === null ? null : answerText(rrset.addresses);
    this.#replaces = 'next' in request && old === request.next.address ? null : old;
  }

  /** It came to nothing, beyond doubt: the one before it may still be unseen. */
  takesBack(): void {
    this.#replaces = this.#before;
  }

  /** The record answers what it answered before the write, and was never seen to answer anything else since. */
  isAsBefore({ rrset }: RecordView): boolean {
    return rrset !== null && this.#replaces === answerText(rrset.addresses);
  }

  read(view: RecordView): void {
    if (!this.isAsBefore(view)) this.seen();
  }

  /** A server answers what is wished for. */
  answered(server: string, text: string): void {
    const hadFollowed = this.#replaces !== null && this.#followed.get(server) === this.#replaces;
    this.#followed.set(server, text);
    if (hadFollowed && text !== this.#replaces) this.seen();
  }

  seen(): void {
    this.#replaces = null;
    this.#before = null;
  }
}
