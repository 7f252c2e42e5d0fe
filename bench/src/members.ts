import type { Client, PoolInput } from '@serverctl/contract';
import { inParallel } from './in-parallel.ts';
import type { NewMember } from './messages.ts';

/** One pool as it was added, with what its hosts need to enrol. */
export interface AddedPool {
  readonly id: string;
  readonly name: string;
  readonly members: readonly NewMember[];
}

const callsAtOnce = 4;

/** So many members, so many to a pool; the last pool has what is left. */
export function poolsOf(members: number, perPool: number): readonly number[] {
  const count = Math.ceil(members / perPool);
  return Array.from({ length: count }, (_, index) => Math.min(perPool, members - index * perPool));
}

/** Adds pools of so many members by the public API, as an operator would. */
export async function addPools(
  client: Client,
  sizes: readonly number[],
  settings: Omit<PoolInput, 'name'> = {},
): Promise<readonly AddedPool[]> {
  const pools = await inParallel(sizes, callsAtOnce, (_, index) =>
    client.pools.add({ ...settings, name: `edge-${index + 1}` }),
  );
  const places = sizes.flatMap((size, pool) => Array.from({ length: size }, () => pool));
  const members = await inParallel(places, callsAtOnce, async (place, index): Promise<NewMember> => {
    const pool = pools[place]!;
    const { member, enrolment } = await client.members.add(pool.id, {
      hostname: `lb${index + 1}.${pool.name}.example.com`,
      allowedEgress: ['127.0.0.1'],
      publicIpv4: ownAddress(index),
    });
    return { memberId: member.id, hostname: member.hostname, secret: enrolment.secret };
  });
  return pools.map(({ id, name }, pool) => ({ id, name, members: members.filter((_, one) => places[one] === pool) }));
}

/** Each member's own, as the control plane demands; nothing is ever sent there. */
const ownAddress = (index: number) => `10.77.${index >> 8}.${index & 255}`;
