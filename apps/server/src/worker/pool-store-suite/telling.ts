import type { EventKind } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { Notice, OpenTrouble } from '../ports.ts';
import { freshId, furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

type About = Partial<Pick<Notice, 'memberId' | 'details'>>;

/** What whoever begins to lead reads of what people were told before. */
export function describeTelling(under: Under): void {
  test('what was told of pools, members and the fleet is open until its end, told last last', async () => {
    const { one, two, tell, tellOfFleet, open } = await tellOf(under);
    expect(await open()).toEqual([]);
    await tell('member.heartbeat-lost', { memberId: one });
    await tell('member.heartbeat-lost', { memberId: two });
    await tell('member.unheard', { memberId: two });
    await tell('member.heartbeat-lost', { memberId: two });
    await tell('member.healthy', { memberId: one });
    await tell('pool.no-standby', { memberId: one });
    await tell('pool.recovered', { memberId: two });
    await tell('pool.maintenance');
    await tell('pool.maintenance-ending');
    await tellOfFleet('fleet.nobody-heard');
    await tellOfFleet('fleet.heard-again');
    await tellOfFleet('fleet.velocity');
    await tell('pool.promoted', { memberId: one });
    expect(await open()).toEqual([
      `member.unheard ${two}`,
      `member.heartbeat-lost ${two}`,
      'pool.maintenance',
      'pool.maintenance-ending',
      'fleet.velocity',
    ]);
    await tellOfFleet('fleet.velocity-over');
  });

  test('what was for the event log alone in a maintenance was told to nobody, and ends nothing', async () => {
    const { one, two, tell, open } = await tellOf(under);
    const resting = { details: { inMaintenance: true } };
    await tell('member.heartbeat-lost', { memberId: one });
    await tell('member.healthy', { memberId: one, ...resting });
    await tell('member.heartbeat-lost', { memberId: two, ...resting });
    expect(await open()).toEqual([`member.heartbeat-lost ${one}`]);
  });

  describeTellingOfNames(under);

  test('a pool’s trouble is one, whoever was active when it was told', async () => {
    const { one, two, tell, open } = await tellOf(under);
    await tell('pool.no-standby', { memberId: one });
    await tell('pool.no-standby', { memberId: two });
    expect(await open()).toEqual([`pool.no-standby ${two}`]);
    await tell('pool.recovered');
    expect(await open()).toEqual([]);
  });
}

function describeTellingOfNames(under: Under): void {
  test('each kind that was told of a name is open until the name’s own end of it', async () => {
    const { name, other, tell, open } = await tellOf(under);
    const id = name.details.bindingId;
    await tell('dns.blocked', name);
    await tell('dns.partial', name);
    await tell('dns.drift', name);
    await tell('dns.recovered', other);
    await tell('dns.published', name);
    expect(await open()).toEqual([`dns.blocked ${id}`, `dns.partial ${id}`, `dns.drift ${id}`]);
    await tell('dns.recovered', name);
    expect(await open()).toEqual([`dns.partial ${id}`]);
    await tell('dns.complete', name);
    await tell('dns.blocked', name);
    expect(await open()).toEqual([`dns.blocked ${id}`]);
  });

  test('of a name’s trouble the epoch is known that it was told of last', async () => {
    const { poolId, name, tell } = await tellOf(under);
    const told = (epoch: number) => tell('dns.blocked', { details: { ...name.details, epoch } });
    const epochs = async () =>
      (await under().store.openTroubles()).filter((one) => one.poolId === poolId).map(({ epoch }) => epoch);
    await tell('dns.blocked', name);
    expect(await epochs()).toEqual([null]);
    await told(3);
    await told(12);
    expect(await epochs()).toEqual([12]);
  });
}

/** Tells of one pool, and says what stands open of it and of the fleet. */
async function tellOf(under: Under) {
  const { poolId, one, two, name } = await furnish(under());
  const base = { severity: 'info', poolId, memberId: null, sentence: 'It happened.', details: {} } as const;
  const isHere = (open: OpenTrouble) => open.poolId === poolId || open.poolId === null;
  const textOf = ({ kind, memberId, bindingId }: OpenTrouble) =>
    [kind, memberId, bindingId].filter((part) => part !== null).join(' ');
  return {
    poolId,
    one,
    two,
    name: { details: { bindingId: name } },
    other: { details: { bindingId: freshId() } },
    tell: (kind: EventKind, about: About = {}) => under().tell({ ...base, kind, ...about }),
    tellOfFleet: (kind: EventKind) => under().tell({ ...base, kind, poolId: null }),
    open: async () => (await under().store.openTroubles()).filter(isHere).map(textOf),
  };
}
