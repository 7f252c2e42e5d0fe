import { acknowledgedIsTrue } from './acknowledged.ts';
import { lossIsActedOn } from './acts.ts';
import { nothingWhileBlind } from './blind.ts';
import { familiesNameOneMember, promotionGivesItsTargets } from './both-families.ts';
import { recordFollowsHealth } from './bounded-staleness.ts';
import { ownFaultsMoveNothing } from './control-plane-alone.ts';
import { recordConverges } from './convergence.ts';
import { secretYieldsOneKey } from './enrolment.ts';
import { epochsOutliveRestores, epochsRise } from './epochs.ts';
import { failbackWaits } from './failback.ts';
import { addressIsFollowed } from './followed-address.ts';
import { addressIsFollowedInTime } from './followed-in-time.ts';
import { onlyRisingBeatsCount } from './hearing.ts';
import type { Invariant } from './invariant.ts';
import { fullBucketLatches } from './latch.ts';
import { oneLeader } from './lease.ts';
import { blindnessEnds, everyAgentIsHeard, oneLeaderAfterHealing } from './liveness.ts';
import { maintenanceEnds } from './maintenance-end.ts';
import { personsEditStands } from './persons-word.ts';
import { fleetIsBraked } from './promotion-brakes.ts';
import { candidateIsWitness } from './promotion-candidate.ts';
import { flappingIsLimited } from './promotion-limits.ts';
import { troubleIsTrue } from './promotion-trouble.ts';
import { rateLimitHolds } from './rate-limit.ts';
import { recordNamesOneMember, writesFollowOurMark } from './record.ts';
import { decisionsReplay } from './replay.ts';
import { provenIsNeverMore } from './silence.ts';
import { withdrawalsAreUnwritten } from './withdrawal.ts';

/** Everything that is asserted after every event (RELIABILITY.md section 6), by number. */
export const allInvariants: readonly Invariant[] = [
  epochsRise,
  oneLeader,
  recordNamesOneMember,
  familiesNameOneMember,
  writesFollowOurMark,
  personsEditStands,
  troubleIsTrue,
  candidateIsWitness,
  flappingIsLimited,
  fullBucketLatches,
  fleetIsBraked,
  promotionGivesItsTargets,
  addressIsFollowed,
  withdrawalsAreUnwritten,
  nothingWhileBlind,
  provenIsNeverMore,
  onlyRisingBeatsCount,
  rateLimitHolds,
  failbackWaits,
  acknowledgedIsTrue,
  ownFaultsMoveNothing,
  secretYieldsOneKey,
  decisionsReplay,
  epochsOutliveRestores,
  recordFollowsHealth,
  oneLeaderAfterHealing,
  recordConverges,
  everyAgentIsHeard,
  blindnessEnds,
  lossIsActedOn,
  maintenanceEnds,
  addressIsFollowedInTime,
];
