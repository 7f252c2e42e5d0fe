import { endOfTurn } from '../platform/end-of-turn.ts';

/**
 * Answers what is asked in one turn of the event loop with one query: a promotion of many names asks the same of each at the same moment.
 * The query begins after the last one has asked, so nobody is answered with what was true before (R17). A key that the answer lacks is
 * undefined; a query that fails fails for all that are in it.
 */
export function together<Key, Value>(
  query: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let next: { readonly keys: Set<Key>; readonly answer: Promise<ReadonlyMap<Key, Value>> } | null = null;

  async function askAfterTurn(keys: ReadonlySet<Key>): Promise<ReadonlyMap<Key, Value>> {
    await endOfTurn();
    next = null;
    return query([...keys]);
  }

  return async (key) => {
    if (next === null) {
      const keys = new Set<Key>();
      next = { keys, answer: askAfterTurn(keys) };
    }
    next.keys.add(key);
    return (await next.answer).get(key);
  };
}
