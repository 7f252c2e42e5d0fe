import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regressions } from '../regressions.ts';
import { startProcess, type WorldProcess } from './processes.ts';

/*
 * A handful of worlds, in processes of their own as script/sim runs them: the whole run is CI's. A mutated product is loaded in a process
 * of its own as well, since a module is loaded once.
 */

describe('worlds', () => {
  let one: WorldProcess;
  let other: WorldProcess;
  beforeAll(() => {
    one = startProcess(null);
    other = startProcess(null);
  });
  afterAll(() => {
    one.stop();
    other.stop();
  });

  it('of a handful of seeds break no invariant', async () => {
    for (const seed of [1001, 1002, 1003]) {
      const { violations, lastEvents } = await one.run({ seed, minutes: 8 });
      expect(violations, `seed ${seed}\n${lastEvents.join('\n')}`).toEqual([]);
    }
  });

  it('replay byte for byte in two processes, and differ by their seeds', async () => {
    const [here, there] = await Promise.all([one.run({ seed: 7, minutes: 6 }), other.run({ seed: 7, minutes: 6 })]);
    expect(there).toEqual(here);
    const { digest } = await one.run({ seed: 8, minutes: 6 });
    expect(digest).not.toBe(here.digest);
  });

  it.each(regressions.map((regression) => [regression.seed, regression] as const))(
    'seed %i, which once broke an invariant, breaks none',
    async (_seed, { seed, minutes, taught }) => {
      const { violations } = await one.run({ seed, minutes });
      expect(violations, taught).toEqual([]);
    },
  );
});

describe('a deliberate bug', () => {
  it.each(['epoch-stands-still', 'never-acts', 'takeover-early'])('%s is found', async (mutant) => {
    const process = startProcess(mutant);
    try {
      let found = 0;
      for (let seed = 1; found === 0 && seed <= 20; seed += 1) {
        found = (await process.run({ seed, minutes: 15 })).violations.length;
      }
      expect(found).toBeGreaterThan(0);
    } finally {
      process.stop();
    }
  });

  it('that does not exist ends its process with a word', async () => {
    await expect(startProcess('no-such-bug').run({ seed: 1, minutes: 5 })).rejects.toThrow('its process ended');
  });
});
