import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { housePerTest, refusal } from '../../http/testing/house-per-test.ts';
import type { ServiceDeps } from '../deps.ts';
import { getBindingDetails } from './binding-detail.ts';

/* What happens to a record while its resolvers are asked: up to two seconds. */

const built = housePerTest('binding-detail');
const name = 'lb.example.com';
const [before, after] = ['198.51.100.11', '198.51.100.12'];

const acknowledged = (address: string, epoch: number, state: string) =>
  sql`UPDATE dns_binding SET published_address = ${address}::inet, published_epoch = ${epoch}, state = ${state}`.execute(
    built.house.database.kysely,
  );

/** As it is shown by a resolver that answers `address`, after `meanwhile`. */
async function shownWhile(meanwhile: () => Promise<unknown>, address: string) {
  const { deps } = built.house;
  await built.house.client.resolvers.set({ resolvers: ['192.0.2.53'] });
  const during: ServiceDeps = {
    ...deps,
    resolverDesk: {
      ...deps.resolverDesk,
      ask: async () => {
        await meanwhile();
        const answer = { kind: 'answered', addresses: [address], moreAddresses: 0, ttlSeconds: 40 } as const;
        return [{ resolver: '192.0.2.53', askedAt: deps.clock.wallTime(), answer }];
      },
    },
  };
  return (await getBindingDetails(during, { poolId: 'edge', bindingId: name }, {})).records;
}

test('a promotion while the resolvers are asked is in what they are compared with', async () => {
  await acknowledged(before, 1, 'drift');
  const promote = () => acknowledged(after, 2, 'published');
  expect(await shownWhile(promote, after)).toMatchObject([
    {
      ...{ acknowledgedAddress: after, publishedEpoch: 2, state: 'published', drift: null },
      resolvers: [{ addresses: [after], state: 'same' }],
    },
  ]);
  await acknowledged(before, 1, 'published');
  expect(await shownWhile(promote, before)).toMatchObject([
    { acknowledgedAddress: after, resolvers: [{ addresses: [before], state: 'other' }] },
  ]);
});

test('a name that was released while the resolvers were asked is not found', async () => {
  const release = () => built.house.client.bindings.remove('edge', name);
  expect(await refusal(shownWhile(release, before))).toMatchObject({ code: 'binding_not_found', details: { name } });
});

test('the A is told before the AAAA, whichever was managed first', async () => {
  const { client } = built.house;
  await client.bindings.remove('edge', name);
  const input = { name, zone: 'example.com', credentialId: 'bind' };
  await client.bindings.add('edge', { ...input, families: 'ipv6' });
  await client.bindings.add('edge', { ...input, families: 'ipv4' });
  expect((await shownWhile(async () => {}, before)).map(({ type }) => type)).toEqual(['A', 'AAAA']);
});
