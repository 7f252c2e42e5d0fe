import type { EventView } from '@serverctl/contract';

/**
 * Of one pool, newest first, each once: those that were read, and those that came while the page was open. Of the latter none that is older than
 * what was read: what lies between was not read yet, and would seem never to have been.
 */
export function newestOf(read: readonly EventView[], live: readonly EventView[], poolId: string): readonly EventView[] {
  const oldest = Math.min(...read.map(({ seq }) => seq));
  const came = live.filter((event) => event.poolId === poolId && (read.length === 0 || event.seq > oldest));
  const bySeq = new Map([...read, ...came].map((event) => [event.seq, event]));
  return [...bySeq.values()].toSorted((a, b) => b.seq - a.seq);
}
