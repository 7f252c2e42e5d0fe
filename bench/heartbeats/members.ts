import type { Client } from '@serverctl/contract';
import { inParallel } from '../src/in-parallel.ts';
import type { NewMember } from './messages.ts';

/** As fleets are: many small pools, each judged by itself. */
export const membersPerPool = 4;
const callsAtOnce = 8;

/** Adds pools and members by the public API, as an operator would. */
export async function addMembers(client: Client, count: number): Promise<NewMember[]> {
  const poolNames = Array.from({ length: Math.ceil(count / membersPerPool) }, (_, index) => `edge-${index + 1}`);
  const pools = await inParallel(poolNames, callsAtOnce, (name) => client.pools.add({ name }));
  return inParallel(Array.from({ length: count }), callsAtOnce, async (_, index) => {
    const pool = pools[Math.floor(index / membersPerPool)]!;
    const { member, enrolment } = await client.members.add(pool.id, {
      hostname: `lb${index + 1}.${pool.name}.example.com`,
      allowedEgress: ['127.0.0.1'],
      publicIpv4: privateAddress(index),
    });
    return { memberId: member.id, hostname: member.hostname, secret: enrolment.secret };
  });
}

/** Each member's own, as the control plane demands; nothing is ever sent there. */
const privateAddress = (index: number) => `10.77.${index >> 8}.${index & 255}`;
