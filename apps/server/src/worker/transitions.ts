import type { Judged } from './judges.ts';
import type { Notice, OpenTrouble } from './ports.ts';
import { createFleetTransitions } from './transitions-fleet.ts';
import { createMaintenanceTransitions } from './transitions-maintenance.ts';
import { createMemberTransitions } from './transitions-member.ts';
import { createNameTransitions, type NameTransitions } from './transitions-name.ts';
import { createPoolTransitions } from './transitions-pool.ts';

/*
 * People are told of transitions only, and of the end of what they were told of (PRODUCT.md section 9). Of each turn only the verdicts that
 * are new in it are looked at: the others were when they were made. What was told lives as long as the leading does (told-before.ts).
 */
export interface Transitions {
  /** What is to be told after these verdicts. */
  notice(judged: Judged): readonly Notice[];
  /** The names': their publications and the verifier say when they turn. */
  readonly ofNames: NameTransitions;
}

/** `open`: what people were told by whoever led before, and not yet that it is over. */
export function createTransitions(open: readonly OpenTrouble[]): Transitions {
  const ofFleet = createFleetTransitions(open);
  const ofMember = createMemberTransitions(open);
  const ofPool = createPoolTransitions(open);
  const ofMaintenance = createMaintenanceTransitions(open);

  return {
    notice(judged) {
      return [
        ...ofFleet(judged),
        ...judged.fresh.flatMap((verdict) => [...ofMember(verdict), ...ofPool(verdict), ...ofMaintenance(verdict)]),
      ];
    },
    ofNames: createNameTransitions(open),
  };
}
