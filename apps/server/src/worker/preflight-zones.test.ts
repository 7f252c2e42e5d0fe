import { AppError, type DnsName } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { preflightPeriodMs } from './preflight-period.ts';
import { nameOf, openPreflightScene } from './testing/preflight-scene.ts';

const minute = 60_000;

let scene: ReturnType<typeof openPreflightScene> | null = null;
afterEach(async () => {
  await scene?.close();
  scene = null;
});

describe('of one credential with very many zones (R22, R23)', () => {
  const limit = { calls: 1_000, perMs: 5 * minute };
  const requestsPer = { read: 1, write: 2 };
  const zones = 60;
  /** Four places each, of fifty in five minutes, and a fifth on top since the shortest pause is four fifths of the longest. */
  const periodMs = 30 * minute;
  const zoneOf = (number: number) => `z${number}.example.com` as DnsName;
  const openFleet = () => {
    const fleet = openPreflightScene({ names: 0, limit, requestsPer });
    for (let number = 1; number <= zones; number += 1) fleet.bind(number, { zone: zoneOf(number) });
    return fleet;
  };
  /** When each name was probed, by name. */
  const times = ({ calls }: ReturnType<typeof openPreflightScene>) =>
    Map.groupBy(
      calls.filter(({ verb }) => verb === 'probe'),
      ({ name }) => name,
    );

  test('the period is what their share of the calls allows, and five minutes where that is enough', () => {
    expect([1, 10, 11, 60].map((number) => preflightPeriodMs(limit, number, requestsPer) / minute)).toEqual([
      5, 5, 5.5, 30,
    ]);
    expect(preflightPeriodMs(null, 1_000)).toBe(5 * minute);
    expect(preflightPeriodMs({ calls: 1, perMs: minute }, 1)).toBe(5 * minute);
  });

  test('they take their share at most, and each is looked at within the period', async () => {
    scene = openFleet();
    scene.lease.grant();
    await scene.clock.advance(4 * periodMs);
    const looks = [...times(scene).values()].map((own) => own.map(({ at }) => at));
    expect(looks).toHaveLength(zones);
    for (const own of looks) {
      const pauses = own.slice(1).map((at, place) => at - (own[place] ?? 0));
      expect(Math.max(...pauses)).toBeLessThanOrEqual(periodMs + limit.perMs); // a look may wait for its place
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(periodMs * 0.8);
    }
    const all = looks.flat().toSorted((one, other) => one - other);
    for (const from of all)
      expect(all.filter((at) => at >= from && at <= from + limit.perMs).length * 4).toBeLessThanOrEqual(50);
  });

  test('the next leader looks at each within the period, and not at all of them at once', async () => {
    scene = openFleet();
    scene.lease.grant();
    await scene.clock.advance(2 * periodMs);
    scene.lease.lose();
    await scene.clock.advance(2 * limit.perMs);
    const before = scene.calls.length;
    scene.lease.grant();
    await scene.clock.advance(minute);
    expect(scene.calls.length - before).toBeLessThan(12); // six looks, where their share would let in twelve
    await scene.clock.advance(periodMs + limit.perMs);
    const after = new Set(scene.calls.slice(before).map(({ name }) => name));
    expect(after.size).toBe(zones);
  });

  test('however often the leader changes, each is looked at within the period', async () => {
    scene = openFleet();
    scene.lease.grant();
    await scene.clock.advance(2 * periodMs);
    for (let change = 0; change < 15; change += 1) {
      scene.lease.lose();
      await scene.clock.advance(1_000);
      scene.lease.grant();
      await scene.clock.advance(8 * minute);
    }
    const looks = [...times(scene).values()].map((own) => own.map(({ at }) => at));
    const pauses = looks.flatMap((own) => own.slice(1).map((at, place) => at - (own[place] ?? 0)));
    // The first look of a term is put off by five minutes at most, and may wait for its place.
    expect(Math.max(...pauses)).toBeLessThanOrEqual(periodMs + 5 * minute + limit.perMs);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(periodMs * 0.8);
  });

  test('a zone where it fails is tried every five minutes all the same: a second failure in a row is told', async () => {
    scene = openFleet();
    const { provider } = scene;
    const { probe } = provider;
    provider.probe = (ref, signal) =>
      ref.name === nameOf(7) ? Promise.reject(new AppError('dns_unreachable')) : probe(ref, signal);
    scene.lease.grant();
    while (!scene.preflights.kept.has(`credential ${zoneOf(7)}`)) await scene.clock.advance(minute);
    expect(scene.told()).toEqual([]);
    await scene.clock.advance(5 * minute + limit.perMs);
    expect(scene.told()).toEqual(['dns.credential-failing']);
  });

  test('a name that a person changed does not wait for the others', async () => {
    scene = openFleet();
    scene.lease.grant();
    await scene.clock.advance(2 * periodMs);
    const signal = new AbortController().signal;
    for (let call = 0; call < 20; call += 1)
      void scene.budget.enter('credential', 'preflight', signal, { read: 4, write: 2 });
    const before = scene.looked().length;
    scene.bind(5, { zone: zoneOf(5), ttlSeconds: 30 });
    await scene.clock.advance(5_000);
    expect(scene.looked().slice(before)).toEqual([nameOf(5)]);
  });

  test('a secret that was changed while a look waited for its turn is the one that is tried', async () => {
    scene = openPreflightScene({ limit: { calls: 60, perMs: minute } });
    const signal = new AbortController().signal;
    await scene.budget.enter('credential', 'preflight', signal, { read: 3, write: 1 });
    scene.lease.grant();
    await scene.clock.advance(15_000);
    const { provider, providers } = scene;
    const other = { ...provider, probe: () => Promise.reject(new AppError('dns_token_refused')) };
    providers.forCredential = async () => other;
    await scene.clock.advance(minute);
    expect([scene.looked(), scene.kept()?.trouble?.code]).toEqual([[], 'dns_token_refused']);
  });
});
