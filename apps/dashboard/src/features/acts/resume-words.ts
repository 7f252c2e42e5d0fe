import type { MemberStatus, PoolResumed, PoolView } from '@serverctl/contract';

/** The one member whose addresses all records hold, as adopting them needs it; null = they name no one member. */
export function adoptedBy({ status }: PoolView, records: PoolResumed['records']): MemberStatus | null {
  const held = records.flatMap(({ addresses }) => addresses);
  const [first] = held;
  const named = status.members.find(
    ({ address, address6 }) => first !== undefined && [address, address6].includes(first),
  );
  if (named === undefined) return null;
  return held.every((address) => [named.address, named.address6].includes(address)) ? named : null;
}
