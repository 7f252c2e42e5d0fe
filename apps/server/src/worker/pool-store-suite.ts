import { afterAll, beforeAll, describe } from 'vitest';
import { describeBothFamilies, describeIpv6Only, describeNeededAddresses } from './pool-store-suite/both-families.ts';
import { describeBraking } from './pool-store-suite/braking.ts';
import { describeExplaining } from './pool-store-suite/explaining.ts';
import { describeFencing } from './pool-store-suite/fencing.ts';
import { describeFollowing } from './pool-store-suite/following.ts';
import { describeForbidding } from './pool-store-suite/forbidding.ts';
import { describeEndOfOldAnswer, describeMeasuring } from './pool-store-suite/measuring.ts';
import { describePausing } from './pool-store-suite/pausing.ts';
import { describePromoting } from './pool-store-suite/promoting.ts';
import { describePublishing } from './pool-store-suite/publishing.ts';
import { describeReading } from './pool-store-suite/reading.ts';
import { describeReleasing } from './pool-store-suite/releasing.ts';
import { describeResting } from './pool-store-suite/resting.ts';
import { describeTelling } from './pool-store-suite/telling.ts';
import type { StoreUnderTest } from './pool-store-suite/under-test.ts';

const parts = [
  describeReading,
  describePromoting,
  describeFencing,
  describeForbidding,
  describeFollowing,
  describeBraking,
  describeReleasing,
  describePausing,
  describeResting,
  describePublishing,
  describeMeasuring,
  describeEndOfOldAnswer,
  describeBothFamilies,
  describeNeededAddresses,
  describeIpv6Only,
  describeExplaining,
  describeTelling,
];

/** The executable meaning of PoolStore, by theme. The in-memory store and PostgreSQL's both pass it. */
export function describePoolStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`PoolStore: ${name}`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    for (const part of parts) part(() => under);
  });
}
