import type { DnsName, InstanceId, Ipv4, PoolId, RecordRef, RecordView } from '@serverctl/core';
import { markName } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knotLabels, startTestServer, type TestNameServer, whyNoServer } from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { createRfc2136Provider } from './index.ts';

const zone = 'example.test' as DnsName;
const ref: RecordRef = { zone, name: `lb.${zone}` as DnsName, type: 'A' };
const instance = 'aaaaaaaaaaaa' as InstanceId;
const mark = { instance, pool: 'pppppppppppp' as PoolId, epoch: 1 };
const next = { address: '192.0.2.1' as Ipv4, ttlSeconds: 30 };
const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const soon = () => AbortSignal.timeout(10_000);

type KeyName = keyof TestNameServer['keys'];
type Change = { readonly secret?: string; readonly name?: string };

function providerAt({ address, port, keys }: TestNameServer, keyName: KeyName, change: Change = {}) {
  const key = { ...keys[keyName], ...change };
  return createRfc2136Provider({ host: address, port, key, instance, ...host });
}

/** What a server says in a way of its own, beside the contract that it keeps. */
describe.each(['knot', 'powerdns'] as const)('%s', (name) => {
  const whyNot = whyNoServer(name);
  describe.skipIf(whyNot !== null)(whyNot === null ? 'in the foreground' : `skipped: ${whyNot}`, () => {
    let server: TestNameServer;
    beforeAll(async () => {
      server = await startTestServer(name, zone);
    });
    afterAll(() => server?.stop());
    const provider = (key: KeyName, change: Change = {}) => providerAt(server, key, change);

    it.each(['sha256', 'sha384', 'sha512'] as const)('changes what is signed with hmac-%s', async (key) => {
      const own = { ...ref, name: `${key}.${zone}` as DnsName };
      const expected = await provider(key).read(own, soon());
      const replaced = await provider(key).replace({ ref: own, expected, next, mark }, soon());
      expect(replaced).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
      expect(await server.dig(own.name, 'A')).toEqual([next.address]);
      expect(await server.dig(markName(own), 'TXT')).toHaveLength(1);
    });

    it('takes a record at the name of the zone itself, which may be all that the key is good for', async () => {
      const apex = { ...ref, name: zone };
      const request = { ref: apex, expected: nothing, next, mark };
      expect(await provider('sha256').probe(apex, soon())).toMatchObject({ canEdit: true, canMark: true });
      expect((await provider('sha256').replace(request, soon())).outcome).toBe('written');
      expect(await server.dig(zone, 'A')).toEqual([next.address]);
      expect(await server.dig(zone, 'NS')).toEqual([`ns1.${zone}.`]);
    });

    it('has changed nothing for a key that is wrong, and no proof is made up for what it says', async () => {
      const wrong = [{ name: 'nobody' }, { secret: server.keys.nothing.secret }];
      for (const change of wrong) {
        const calls = provider('sha256', change);
        const unproven = { details: { proven: false } };
        await expect(calls.probe(ref, soon())).rejects.toMatchObject(unproven);
        await expect(calls.read(ref, soon())).rejects.toMatchObject(unproven);
        await expect(calls.replace({ ref, expected: nothing, next, mark }, soon())).rejects.toMatchObject(unproven);
      }
      expect(await server.dig(ref.name, 'A')).toEqual([]);
    });
  });
});

const whyNoKnot = whyNoServer('knot');

describe.skipIf(whyNoKnot !== null)(`rules of Knot${whyNoKnot === null ? '' : ` (skipped: ${whyNoKnot})`}`, () => {
  let server: TestNameServer;
  beforeAll(async () => {
    server = await startTestServer('knot', zone);
  });
  afterAll(() => server?.stop());

  it.each([
    [knotLabels.oneRule, true, 'record-and-mark'],
    [knotLabels.twoRules, false, 'value-only'],
  ] as const)('hold all of an update at once, as the probe says before: %s', async (label, canMark, fencedBy) => {
    const own = { ...ref, name: `${label}.${zone}` as DnsName };
    const narrow = providerAt(server, 'narrow');
    expect(await narrow.probe(own, soon())).toMatchObject({ canEdit: true, canMark });
    const replaced = await narrow.replace({ ref: own, expected: nothing, next, mark }, soon());
    expect(replaced).toEqual({ outcome: 'written', fencedBy });
    expect(await server.dig(markName(own), 'TXT')).toHaveLength(canMark ? 1 : 0);
  });
});
