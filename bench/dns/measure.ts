import { createDatabases } from './databases.ts';
import { measureDecisions } from './decisions.ts';
import type { Measured } from './figures.ts';
import { correctLateWrite } from './late-write.ts';
import { playMatrix } from './matrix.ts';
import { moveOneByOne } from './one-by-one.ts';
import { race } from './racers.ts';
import { type Moved, moveThousand } from './thousand.ts';

/** How much is measured. */
export interface Extent {
  readonly names: number;
  readonly promotions: number;
}

/** Measures everything, one part after the other: no part's load is in another one's figures. */
export async function measureAll({ names, promotions }: Extent, say: (line: string) => void): Promise<Measured> {
  say('Making a database …');
  const databases = await createDatabases();
  try {
    say(`${names} names of one zone at once, of the free plan …`);
    const free = await moveThousand(databases, { names, plan: 'free' });
    say(`… took ${wordsOf(free)}; of a paid plan …`);
    const paid = await moveThousand(databases, { names, plan: 'paid' });
    say(`… took ${wordsOf(paid)}; and one by one, without any limit …`);
    const oneByOne = await moveOneByOne(names);
    say(`${promotions} failovers, one after another …`);
    const decisions = await measureDecisions(databases, promotions);
    say('Writers that race, and a write that is late by ten minutes …');
    const races = await race();
    const tenMinutesLateMs = await correctLateWrite();
    say('Every fault at every provider, for 35 s …');
    const matrix = await playMatrix(databases);
    return { free, paid, oneByOne, decisions, matrix, races, tenMinutesLateMs };
  } finally {
    await databases.close();
  }
}

function wordsOf({ calls, publishedMs }: Moved): string {
  return `${calls} requests and ${Math.round(Math.max(...publishedMs))} ms`;
}
