import { AppError, type RecordRef, type WriteRequest } from '@serverctl/core';
import { requireInZone, requireNoCname, requireOfType } from '../record-view.ts';
import { settle } from './settle.ts';

/** What can be asked for at all in one call; the others are told why they cannot. */
export function sift<T>(
  asked: readonly T[],
  refOf: (one: T) => RecordRef,
  refuse: (one: T, outcome: PromiseRejectedResult) => void,
  require: (one: T) => void = () => undefined,
): readonly T[] {
  const zone = asked.map(refOf)[0]?.zone;
  return asked.filter((one) => {
    const ref = refOf(one);
    const sifted = settle(() => {
      if (ref.zone !== zone) throw new AppError('internal', { name: ref.name, because: 'of another zone' });
      requireInZone(ref);
      require(one);
    });
    if (sifted.status === 'rejected') refuse(one, sifted);
    return sifted.status === 'fulfilled';
  });
}

/** Two writes of one record would both be planned from what it holds now: a new one would be there twice. */
export function writableOnce(): (request: WriteRequest) => void {
  const seen = new Set<string>();
  return (request) => {
    requireOfType(request);
    requireNoCname(request);
    const { name, type } = request.ref;
    if (seen.has(`${type} ${name}`)) throw new AppError('internal', { name, type, because: 'written twice at once' });
    seen.add(`${type} ${name}`);
  };
}
