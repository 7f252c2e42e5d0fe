import type { BindingId, MemberId, PoolId, RecordType } from '@serverctl/core';
import type { MemoryHouse } from '../../memory-house.ts';
import type { BindingTruth } from '../truth.ts';
import { addressOfType, desiredOf, neededFamilies, promotedAddress } from './families.ts';
import type { Invariant } from './invariant.ts';

/* Names with two records: one promotion gives both, and both go the same way. */

const families = ['A', 'AAAA'] as const;

export const promotionGivesItsTargets: Invariant = {
  id: 'I5',
  sentence:
    'A promotion gives the records its target’s own addresses of both families as they are at the commit, and each that the names need.',
  rules: ['R16', 'R20'],
  watch: (say, { truth }) => ({
    onPromotion(promotion, _by, at) {
      const { house } = truth;
      const { to, poolId, epoch } = promotion;
      const [target, pool] = [house.members.get(to), house.pools.get(poolId)];
      if (target === undefined || pool === undefined) return;
      const needed = neededFamilies(house, pool);
      for (const type of families) {
        const [given, own] = [promotedAddress(promotion, type), addressOfType(house, target, type)];
        if (given !== own)
          say(at, `pool ${poolId}, epoch ${epoch}: its ${type} is ${given ?? 'none'}, ${to} has ${own ?? 'none'}.`);
        if (given === null && needed.includes(type))
          say(at, `pool ${poolId}, epoch ${epoch}: ${to} has no address for an ${type} that is needed.`);
      }
    },
  }),
};

/** As long as the record may take to be as desired (L2). */
const settledMs = 35_000;

export const familiesNameOneMember: Invariant = {
  id: 'I3',
  sentence:
    'When all is quiet the A and the AAAA of a name lead to the same member, unless a person set one of them by hand.',
  rules: ['R16', 'R20', 'R21'],
  watch: (say, { truth }) => {
    const byHand = new Set<BindingId>();
    return {
      onRecordChanged({ bindingId, by }) {
        if (by === 'us') byHand.delete(bindingId);
        else byHand.add(bindingId);
      },
      onEnd(at) {
        if (at - (truth.healedAt() ?? at) < settledMs) return;
        const ofNames = Map.groupBy(truth.bindings, ({ name }) => name);
        for (const [name, records] of ofNames) {
          if (records.some(({ bindingId }) => byHand.has(bindingId))) continue;
          // With `require` turned on in the middle of a move nothing is desired of the AAAA, and it stays.
          const judged = records.filter(({ bindingId }) => desiredOf(truth, bindingId) !== null);
          const members = judged.flatMap((record) => memberOf(truth.house, record) ?? []);
          if (new Set(members).size > 1) say(at, `${name} leads to ${members.join(' and ')}.`);
        }
      },
    };
  },
};

/** Whom the record leads to, by what promotions gave; null = to nobody that is known. */
function memberOf({ promotions }: MemoryHouse, { poolId, type, view }: BindingTruth): MemberId | null {
  const address = view.rrset?.addresses[0];
  return address === undefined ? null : lastGiven(promotions, poolId, type, address);
}

function lastGiven(
  promotions: MemoryHouse['promotions'],
  poolId: PoolId,
  type: RecordType,
  address: string,
): MemberId | null {
  const isIt = (one: MemoryHouse['promotions'][number]) =>
    one.poolId === poolId && promotedAddress(one, type) === address;
  return promotions.findLast(isIt)?.to ?? null;
}
