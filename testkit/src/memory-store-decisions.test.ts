import { describeDecisions } from '../../apps/server/src/worker/pool-store-suite/deciding.ts';
import { createFakeClock } from './fake-clock.ts';
import { memoryStore } from './memory-store.ts';

describeDecisions('in memory', async () => {
  const clock = createFakeClock();
  const store = memoryStore(clock);
  return {
    store,
    kept: async (poolId) =>
      [...store.house.decisions.values()]
        .filter((kept) => kept.poolId === poolId)
        .toSorted((one, other) => one.at - other.at)
        .map(({ sentence, at }) => ({ sentence, ageMs: clock.now() - at })),
    close: async () => undefined,
  };
});
