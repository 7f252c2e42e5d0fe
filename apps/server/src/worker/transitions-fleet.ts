import {
  deadZones,
  type EventKind,
  type FleetEvidence,
  type Instant,
  isMassSilence,
  isNobodyHeard,
  type Listening,
  secondMs,
  tallyFleet,
  velocityLimit,
} from '@serverctl/core';
import type { Judged } from './judges.ts';
import type { Notice, OpenTrouble, Severity } from './ports.ts';

/*
 * What people are told of the fleet, for all pools at once:
 *
 *   nobody-heard   no member at all; while it lasts single silences are not told
 *   mass-silence   R9's condition, once it has lasted for 3 s in which we listened or as soon as it holds a promotion back: after a pause of
 *                  ours everybody is silent for a moment. Over, when it has not held for 10 s
 *   velocity       R10 holds a promotion back; over, when it has held none back for 10 s
 *
 * The page says which brake holds, and how a person releases both.
 */

const lastsForMs = 3 * secondMs;
const overAfterMs = 10 * secondMs;
const release = 'Both limits can be released for 10 minutes: serverctl brakes release --reason …';

/** `open`: what people were told before us, and not yet that it is over. */
export function createFleetTransitions(open: readonly OpenTrouble[] = []): (judged: Judged) => readonly Notice[] {
  const wasTold = (kind: EventKind) => open.some((one) => one.kind === kind);
  const nobody = createNobodyHeard(wasTold('fleet.nobody-heard'));
  const massSilence = createLatch(wasTold('fleet.mass-silence'));
  const velocity = createLatch(wasTold('fleet.velocity'));

  return (judged) => {
    const { listening, fleet, at } = judged;
    if (listening.enrolledMembers === 0) return [];
    const notices = [nobody(listening)];
    if (listening.blindBecause === null && listening.heardMembers > 0) {
      const brakesNow = waits(judged, 'mass-silence');
      const turned = massSilence({ holds: isMassSilence(fleet.zones) || brakesNow, atOnce: brakesNow }, at);
      if (turned !== null) notices.push(turned ? massSilenceBegan(fleet) : massSilenceOver(fleet));
    }
    const holdsBack = waits(judged, 'velocity');
    const turned = velocity({ holds: holdsBack, atOnce: holdsBack }, at);
    if (turned !== null) notices.push(turned ? velocityBegan(fleet) : velocityOver(fleet));
    return notices.filter((notice) => notice !== null);
  };
}

/** Null unless it turns: true when what holds is to be told, false when its end is. */
function createLatch(wasTold: boolean) {
  let told = wasTold;
  /** Since when it holds or does not, against what was told. */
  let since: Instant | null = null;

  return ({ holds, atOnce }: { readonly holds: boolean; readonly atOnce: boolean }, now: Instant): boolean | null => {
    if (holds === told) {
      since = null;
      return null;
    }
    since ??= now;
    if (!(holds && atOnce) && now - since < (holds ? lastsForMs : overAfterMs)) return null;
    told = holds;
    since = null;
    return told;
  };
}

function createNobodyHeard(wasTold: boolean): (listening: Listening) => Notice | null {
  let told = wasTold;
  return (listening) => {
    const nobody = isNobodyHeard(listening);
    if (nobody === told || (!nobody && listening.heardMembers === 0)) return null;
    told = nobody;
    return nobody ? nobodyHeard(listening) : heardAgain(listening);
  };
}

function waits({ verdicts }: Judged, because: 'mass-silence' | 'velocity'): boolean {
  return verdicts.some(({ judgement: { decision } }) => decision.kind === 'wait' && decision.because === because);
}

function nobodyHeard(listening: Listening): Notice {
  const seconds = Math.round(listening.nobodyHeardForMs / secondMs);
  const sentence = `No member at all has been heard for ${seconds} s: our own network, or every host. Records stay as they are.`;
  return fleetNotice('fleet.nobody-heard', 'critical', sentence, { ...listening });
}

function heardAgain(listening: Listening): Notice {
  const sentence = `Members are heard again: ${listening.heardMembers} of ${listening.enrolledMembers}.`;
  return fleetNotice('fleet.heard-again', 'info', sentence, { ...listening });
}

function massSilenceBegan(fleet: FleetEvidence): Notice {
  const { members, silent } = tallyFleet(fleet.zones);
  const zones = fleet.zones
    .filter((zone) => zone.silent > 0)
    .map((zone) => `${zone.zone}: ${zone.silent} of ${zone.members}`)
    .join(', ');
  const dead = deadZones(fleet.zones);
  const normal = dead.length === 0 ? '' : ` Pools whose active member is in ${dead.join(', ')} move at normal speed.`;
  const sentence = `${silent} of ${members} members are silent at once (${zones}): one pool moves in 10 s.${normal} ${release}`;
  return fleetNotice('fleet.mass-silence', 'critical', sentence, { zones: fleet.zones, deadZones: dead });
}

function massSilenceOver(fleet: FleetEvidence): Notice {
  const { members, silent } = tallyFleet(fleet.zones);
  const sentence = `The mass silence is over: ${silent} of ${members} members are silent.`;
  return fleetNotice('fleet.mass-silence-over', 'info', sentence, { zones: fleet.zones });
}

function velocityBegan({ poolCount, promotionAgesMs }: FleetEvidence): Notice {
  const limit = velocityLimit(poolCount);
  const sentence = `${limit} pools have moved by themselves within a minute; others wait until there is room again. ${release}`;
  return fleetNotice('fleet.velocity', 'critical', sentence, { limit, promotionAgesMs });
}

function velocityOver({ poolCount }: FleetEvidence): Notice {
  const sentence = 'No pool waits for the limit of promotions in a minute any more.';
  return fleetNotice('fleet.velocity-over', 'info', sentence, { limit: velocityLimit(poolCount) });
}

function fleetNotice(kind: EventKind, severity: Severity, sentence: string, details: Notice['details']): Notice {
  return { kind, severity, poolId: null, memberId: null, sentence, details };
}
