import type { DnsProvider, Ipv6, WriteRequest } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { markOf, nothing, one, ref, refOf, servingAdapter, soon, two, zoneName } from './adapter-scene.ts';

const written = { status: 'fulfilled', value: { outcome: 'written' } };
const failed = (code: string, details = {}) => ({ status: 'rejected', reason: { code, details } });
const refs = Array.from({ length: 9 }, (_, n) => refOf(`n${n}`));
const bad = refs[4] ?? ref;
const callsOf = ({ zoneCalls }: DnsProvider) => zoneCalls ?? expect.fail('no calls for many names');

function writesOf(ttlSeconds = 60): readonly WriteRequest[] {
  return refs.map((to) => ({ ref: to, expected: nothing, next: { address: two, ttlSeconds }, mark: markOf(1) }));
}

/** One has a TTL that no panel takes. */
function badAt(at: number): readonly WriteRequest[] {
  return writesOf().map((write, n) =>
    n === at && 'next' in write ? { ...write, next: { ...write.next, ttlSeconds: 0 } } : write,
  );
}

/** All but the bad one as they should be, and it so. */
const but = (outcome: object) => refs.map((to) => (to === bad ? outcome : written));

async function serving(panel: 'cpanel' | 'whm' = 'cpanel') {
  const scene = await servingAdapter(panel);
  const addresses = () => refs.flatMap(({ name }) => scene.zone.held(name, 'A'));
  return { ...scene, calls: callsOf(scene.open()), addresses };
}

describe.each(['cpanel', 'whm'] as const)('names of one zone at %s (R22)', (panel) => {
  it('are one read and one edit, as the budget is told', async () => {
    const { calls, reads, edits, zone } = await serving(panel);
    const { serial } = zone;
    expect(calls.requestsFor?.(9, zoneName)).toEqual({ read: 1, write: 2 });
    expect(await calls.write(writesOf(), soon(), { requests: 2 })).toMatchObject(refs.map(() => written));
    expect([reads().length, edits().length, zone.serial]).toEqual([1, 1, serial + 1]);
    await calls.read(refs, soon(), { requests: 1 });
    expect([reads().length, edits().length]).toEqual([2, 1]);
  });

  it('are written though others change the zone; what that costs more is asked for by the next calls', async () => {
    const { calls, contend, edits, addresses } = await serving(panel);
    contend(3);
    expect(await calls.write(writesOf(), soon(), { requests: 2 })).toMatchObject(refs.map(() => written));
    expect(edits()).toHaveLength(4);
    expect(addresses()).toEqual(refs.map(() => two));
    expect(calls.requestsFor?.(9, zoneName)).toEqual({ read: 7, write: 8 });
    await calls.read(refs, soon(), { requests: 7 });
    expect(calls.requestsFor?.(9, zoneName)).toEqual({ read: 1, write: 2 });
  });

  it('are each told that the zone is contended after four tries', async () => {
    const { calls, contend, edits, addresses } = await serving(panel);
    contend(9);
    const outcomes = await calls.write(writesOf(), soon());
    expect(outcomes).toMatchObject(refs.map(({ name }) => failed('dns_zone_contended', { name, tries: 4 })));
    expect([edits().length, addresses()]).toEqual([4, []]);
  });

  it('are not held up by one that changes right before the edit, and it is not written with them', async () => {
    const { calls, contend, edits, zone } = await serving(panel);
    contend(1, () => zone.append(`${bad.name}.`, 'A', one));
    expect(await calls.write(writesOf(), soon())).toMatchObject(but(failed('dns_rrset_drifted', { name: bad.name })));
    expect(zone.held(bad.name, 'A')).toEqual([one]);
    expect(edits()[1]?.parameters.toString()).not.toContain(bad.name);
  });

  it.each([
    ['in its middle', 4, false],
    ['that comes first', 0, false],
    ['that comes first, in words that nobody knows', 0, true],
  ])('are not held up by one %s that the panel refuses', async (_, at, isForeign) => {
    const { calls, addresses, speakOtherwise } = await serving(panel);
    if (isForeign) speakOtherwise();
    const outcomes = refs.map((__, n) => (n === at ? failed('dns_request_refused') : written));
    expect(await calls.write(badAt(at), soon())).toMatchObject(outcomes);
    expect(addresses()).toHaveLength(refs.length - 1);
  });

  it.each([false, true])(
    'are not held up where the panel judges a bad name before the serial (two: %s)',
    async (isTwo) => {
      const { calls, addresses, judgeFirst } = await serving(panel);
      const badOnes = refs.slice(0, isTwo ? 2 : 1);
      judgeFirst(badOnes.map(({ name }) => name));
      const outcomes = refs.map((to) => (badOnes.includes(to) ? failed('dns_request_refused') : written));
      expect(await calls.write(writesOf(), soon())).toMatchObject(outcomes);
      expect(addresses()).toHaveLength(refs.length - badOnes.length);
    },
  );

  it('are told what is certain where the panel fails after it has refused one', async () => {
    const { calls, emulator } = await serving(panel);
    const [only] = badAt(0);
    if (only === undefined) return expect.fail('no name');
    emulator.inject({ kind: 'before', reply: { status: 502, text: '' } }, { path: /mass_edit/, skip: 1 });
    expect(await calls.write([only], soon())).toMatchObject([failed('dns_unreachable')]);
  });

  it('are not written while the panel fails the look before, and it is said that nothing was sent', async () => {
    const { calls, emulator, edits } = await serving(panel);
    emulator.inject({ kind: 'before', reply: { status: 502, text: '' } }, { path: /parse/ });
    const look = failed('dns_unreachable', { look: 'dns_server_failure' });
    expect(await calls.write(writesOf(), soon())).toMatchObject(refs.map(() => look));
    expect(edits()).toEqual([]);
  });

  it('are each an open question where the connection ends before the reply', async () => {
    const { calls, emulator, edits } = await serving(panel);
    emulator.inject({ kind: 'close', applied: true }, { path: /mass_edit/ });
    expect(await calls.write(writesOf(), soon())).toMatchObject(refs.map(() => failed('dns_outcome_unknown')));
    expect(edits()).toHaveLength(1);
  });
});

describe('a call for many names', () => {
  it('carries nobody who is not wanted any more, also when it is made anew', async () => {
    const { calls, contend, edits, zone } = await serving();
    let isGone = false;
    contend(1, () => {
      isGone = true;
      zone.append('www', 'A', one);
    });
    const isWanted = ({ ref: to }: WriteRequest) => !isGone || to !== bad;
    const outcomes = await calls.write(writesOf(), soon(), { isWanted });
    expect(outcomes).toMatchObject(but({ status: 'fulfilled', value: null }));
    expect(edits().map(({ parameters }) => parameters.toString().includes(bad.name))).toEqual([true, false]);
  });

  it('asks for nothing with fewer requests than it needs', async () => {
    const { calls, emulator } = await serving();
    const none = refs.map(() => ({ status: 'fulfilled', value: null }));
    expect(await calls.write(writesOf(), soon(), { requests: 1 })).toEqual(none);
    expect(await calls.read(refs, soon(), { requests: 0 })).toEqual(none);
    expect(emulator.exchanges).toEqual([]);
    expect(calls.requestsFor?.(9, zoneName)).toEqual({ read: 1, write: 2 });
  });

  it('lets another one go between the sendings that look for a bad name', async () => {
    const { calls, edits } = await serving();
    const looking = calls.write(badAt(0), soon());
    const [other] = await calls.write([{ ...writesOf()[0], ref: refOf('urgent') } as WriteRequest], soon());
    expect(other).toMatchObject(written);
    const at = edits().findIndex(({ parameters }) => parameters.toString().includes('urgent'));
    await looking;
    expect(at).toBeLessThan(3);
    expect(edits().length).toBeGreaterThan(6);
  });

  it('writes A and AAAA of a name under one mark, and refuses the second where they wish for two', async () => {
    const { calls, zone } = await serving();
    const six = { zone: ref.zone, name: ref.name, type: 'AAAA' } as const;
    const [next, next6] = [two, '2001:db8::1' as Ipv6].map((address) => ({ address, ttlSeconds: 60 }));
    if (next === undefined || next6 === undefined) return expect.fail('no addresses');
    const both = (epochs: readonly [number, number]): readonly WriteRequest[] => [
      { ref, expected: nothing, next, mark: markOf(epochs[0]) },
      { ref: six, expected: nothing, next: next6, mark: markOf(epochs[1]) },
    ];
    expect(await calls.write(both([1, 2]), soon())).toMatchObject([written, failed('dns_rrset_drifted')]);
    expect(zone.held(ref.name, 'AAAA')).toEqual([]);
    zone.drop(ref.name, 'A');
    zone.drop(`_serverctl.${ref.name}`, 'TXT');
    expect(await calls.write(both([3, 3]), soon())).toMatchObject([written, written]);
    expect(zone.held(`_serverctl.${ref.name}`, 'TXT')).toHaveLength(1);
  });
});
