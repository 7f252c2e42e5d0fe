import { createInterface } from 'node:readline';
import type { Stage } from '@serverctl/e2e/stage';

/** One change of what a probe sees, and when it was first seen. */
export interface Sighting {
  readonly at: number;
  readonly seen: string | null;
}

/** A probe where clients are, watched. */
export interface Sightings {
  readonly history: readonly Sighting[];
  /** The first sighting at or after `since` for which `holds`; rejects at the deadline with what was seen instead. */
  until(what: string, since: number, holds: (seen: string | null) => boolean, withinMs: number): Promise<Sighting>;
  stop(): Promise<void>;
}

/** Starts one of the programs beside this file with the Node that runs us. */
export function startSightings(stage: Stage, program: string, ...args: readonly string[]): Sightings {
  const child = stage.spawnAtClient([process.execPath, program, ...args]);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const history: Sighting[] = [];
  const lookers = new Set<() => void>();
  if (child.stdout === null) throw new Error('the probe has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    history.push(JSON.parse(line) as Sighting);
    for (const look of [...lookers]) look();
  });
  return {
    history,
    until: (what, since, holds, withinMs) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(deadline);
          lookers.delete(look);
          settle();
        };
        const look = () => {
          const found = history.find(({ at, seen }) => at >= since && holds(seen));
          if (found !== undefined) finish(() => resolve(found));
        };
        const deadline = setTimeout(() => {
          const seen = history.slice(-3).map((one) => one.seen ?? 'nobody');
          finish(() => reject(new Error(`${what}: not within ${withinMs} ms; seen last: ${seen.join(', ')}`)));
        }, withinMs);
        lookers.add(look);
        look();
      }),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
