import { setTimeout as sleep } from 'node:timers/promises';

const betweenLooksMs = 100;

/** Looks again and again until `holds`; rejects at the deadline with what was seen last. For tests side by side, where `expect.poll` may not be called. */
export async function eventually<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  holds: (seen: Seen) => boolean,
  withinMs = 20_000,
): Promise<Seen> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}; seen last: ${JSON.stringify(seen)}`);
    await sleep(betweenLooksMs);
  }
}

/** The same for a list that is to hold exactly these texts. */
export function eventuallyAre(
  what: string,
  look: () => Promise<readonly string[]>,
  wanted: readonly string[],
  withinMs?: number,
): Promise<readonly string[]> {
  return eventually(`${what} [${wanted.join(', ')}]`, look, (seen) => seen.join() === wanted.join(), withinMs);
}
