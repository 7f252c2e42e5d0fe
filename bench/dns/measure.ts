import { createDatabases, type Databases } from './databases.ts';
import { measureDecisions } from './decisions.ts';
import type { Measured } from './figures.ts';
import { correctLateWrite } from './late-write.ts';
import { playMatrix } from './matrix.ts';
import { moveOneByOne } from './one-by-one.ts';
import type { Part } from './parts.ts';
import { race } from './racers.ts';
import { type Moved, moveThousand } from './thousand.ts';

/** How much is measured. */
export interface Extent {
  readonly parts: readonly Part[];
  readonly names: number;
  readonly promotions: number;
}

type Say = (line: string) => void;

/** Measures these parts, one after the other: no part's load is in another one's figures. */
export async function measureParts({ parts, names, promotions }: Extent, say: Say): Promise<Partial<Measured>> {
  say('Making a database …');
  const databases = await createDatabases();
  const measures: Readonly<Record<Part, () => Promise<Partial<Measured>>>> = {
    names: async () => ({ moves: await measureMoves(databases, names, say) }),
    async decisions() {
      say(`${promotions} failovers, one after another …`);
      return { decisions: await measureDecisions(databases, promotions) };
    },
    async racers() {
      say('Writers that race …');
      return { races: await race() };
    },
    async late() {
      say('A write that is late by ten minutes …');
      return { tenMinutesLateMs: await correctLateWrite() };
    },
    async faults() {
      say('Each provider under each fault that is armed at it, for 35 s …');
      return { matrix: await playMatrix(databases) };
    },
  };
  try {
    let measured: Partial<Measured> = {};
    for (const part of parts) measured = { ...measured, ...(await measures[part]()) };
    return measured;
  } finally {
    await databases.close();
  }
}

async function measureMoves(databases: Databases, names: number, say: Say): Promise<Measured['moves']> {
  say(`${names} names of one zone at once, of the free plan …`);
  const free = await moveThousand(databases, { names, plan: 'free' });
  say(`… took ${wordsOf(free)}; of a paid plan …`);
  const paid = await moveThousand(databases, { names, plan: 'paid' });
  say(`… took ${wordsOf(paid)}; and one by one, without any limit …`);
  return { free, paid, oneByOne: await moveOneByOne(names) };
}

function wordsOf({ calls, publishedMs }: Moved): string {
  return `${calls} requests and ${Math.round(Math.max(...publishedMs))} ms`;
}
