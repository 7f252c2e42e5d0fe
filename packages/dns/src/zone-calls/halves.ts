import { AppError, type Replaced, type WriteRequest } from '@serverctl/core';
import { rejected, type Settled } from './settle.ts';

/*
 * Many names' changes where the provider applies all that are sent together or nothing: one name that is refused must not hold the others
 * back, and is looked for by halves, each by itself, after all that are larger.
 *
 * One bad name among n costs 2·log2(n) sendings more. Twice as many are made at most: the time of a failover and the token's limit are for
 * names that can move. What is left then has dns_request_refused, in the provider's words of the last group that it was in, and comes again
 * when the publisher tries next.
 */

/** What came of names that were sent together. */
export type Sent<Write> =
  | { readonly kind: 'settled'; readonly outcomes: ReadonlyMap<Write, Settled<Replaced | null>> }
  /** Nothing was changed of these: by one name among several, or for a reason that all others meet as well. */
  | {
      readonly kind: 'refused-for-one' | 'refused-for-all';
      readonly error: AppError;
      readonly writes: readonly Write[];
    };

/** Of whoever calls. */
export interface SendTerms {
  /** Asked right before each request that would carry the name (R15, R16). */
  isWanted(request: WriteRequest): boolean;
  /** Told of each as soon as it is known; null = not wanted any more, and nothing was written of it, beyond doubt. */
  tell(request: WriteRequest, outcome: Settled<Replaced | null>): void;
}

/** How names are sent. */
export interface Sender<Write> {
  requestOf(write: Write): WriteRequest;
  /** What else must be asked first: nothing comes between the question whether names are wanted and the request. */
  ready(): Promise<unknown>;
  /** Never rejects. */
  send(writes: readonly Write[]): Promise<Sent<Write>>;
  /** What a name that is not wanted any more is told, which was in a larger group that was refused so, or in none. */
  leftAfter(refusal: AppError | null): Settled<Replaced | null>;
}

interface Group<Write> {
  readonly writes: readonly Write[];
  /** Of the larger group that it is a half of. */
  readonly refusal: AppError | null;
}

/** Sends all that are wanted, one group after another. Never rejects. */
export async function sendByHalves<Write>(
  groups: readonly (readonly Write[])[],
  { requestOf, ready, send, leftAfter }: Sender<Write>,
  { isWanted, tell }: SendTerms,
): Promise<void> {
  const waiting: Group<Write>[] = groups.map((writes) => ({ writes, refusal: null }));
  let extrasLeft = waiting.reduce((sum, group) => sum + mostExtras(group.writes.length), 0);
  const tellAll = (writes: readonly Write[], error: AppError) => {
    for (const write of writes) tell(requestOf(write), rejected(error));
  };
  const wantedOf = ({ writes, refusal }: Group<Write>) => {
    const { left = [], wanted = [] } = Object.groupBy(writes, (write) =>
      isWanted(requestOf(write)) ? 'wanted' : 'left',
    );
    for (const write of left) tell(requestOf(write), leftAfter(refusal));
    return wanted;
  };
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    await ready();
    const { refusal } = next;
    const writes = wantedOf(next);
    if (writes.length === 0) continue;
    if (refusal !== null && extrasLeft === 0) {
      tellAll(writes, refusedWithOthers(refusal));
      continue;
    }
    if (refusal !== null) extrasLeft -= 1;
    const sent = await send(writes);
    if (sent.kind === 'settled') for (const [write, outcome] of sent.outcomes) tell(requestOf(write), outcome);
    else if (sent.kind === 'refused-for-one') waiting.push(...halvesOf(sent.writes, sent.error, requestOf));
    else tellAll([...sent.writes, ...waiting.splice(0).flatMap((group) => group.writes)], sent.error);
  }
}

/** A and AAAA of a name stay together as long as there are others: they may stand under one mark. */
function halvesOf<Write>(
  writes: readonly Write[],
  refusal: AppError,
  requestOf: (write: Write) => WriteRequest,
): readonly Group<Write>[] {
  const byName = [...Map.groupBy(writes, (write) => requestOf(write).ref.name).values()];
  const parts = byName.length > 1 ? byName : writes.map((write) => [write]);
  const middle = Math.ceil(parts.length / 2);
  return [parts.slice(0, middle), parts.slice(middle)].map((half) => ({ writes: half.flat(), refusal }));
}

/** Of a name that was never alone: it may be as good as the others, so it does not get the code of what may be another's fault. */
function refusedWithOthers(refusal: AppError): AppError {
  return new AppError('dns_request_refused', { ...refusal.details, because: 'refused-with-others' }, refusal);
}

function mostExtras(names: number): number {
  return 4 * Math.ceil(Math.log2(Math.max(names, 1)));
}
