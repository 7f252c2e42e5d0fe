import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import type { Invariant } from './invariant.ts';
import { endedWithinMs, keepMaintenanceLedger } from './maintenance-ledger.ts';

const lookEveryMs = 1_000;

export const maintenanceEnds: Invariant = {
  id: 'L6',
  sentence: 'A maintenance that is over is ended in the store within 13 s, when nothing stands in the way.',
  rules: ['R13'],
  watch: (say, { truth }) => {
    const calm = watchCalm();
    const rests = keepMaintenanceLedger();
    const said = new Set<string>();
    let nextLookAt = 0;

    return combineObservers([
      calm,
      rests,
      {
        onEvent(at) {
          if (at < nextLookAt) return;
          nextLookAt = at + lookEveryMs;
          const { house } = truth;
          rests.look(house, at);
          const calmSince = calm.since();
          if (calmSince === null || at - calmSince <= endedWithinMs) return;
          for (const id of [...house.pools.keys(), ...house.members.keys()]) {
            const until = rests.bindsUntil(id, calmSince);
            if (until === null || at <= until) said.delete(id);
            else if (!said.has(id)) {
              said.add(id);
              say(at, `the maintenance of ${id} should have been over ${Math.round(at - until)} ms ago.`);
            }
          }
        },
      },
    ]);
  },
};
