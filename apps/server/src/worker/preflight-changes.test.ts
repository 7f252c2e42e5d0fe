import { AppError, type DnsName } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { nameOf, openPreflightScene } from './testing/preflight-scene.ts';

const minute = 60_000;

let scene: ReturnType<typeof openPreflightScene> | null = null;
afterEach(async () => {
  await scene?.close();
  scene = null;
});

describe('what a person changed is looked at (R23)', () => {
  test('a credential that was changed is tried at once, and a changed name is the one that is looked at', async () => {
    scene = openPreflightScene({ names: 3 });
    scene.lease.grant();
    await scene.clock.advance(20_000);
    scene.preflights.versions.set('credential', 2);
    scene.store.changed();
    await scene.clock.advance(5_000);
    expect(scene.looked()).toEqual(['lb1.example.com', 'lb2.example.com']);
    scene.bind(1, { ttlSeconds: 30 });
    await scene.clock.advance(5_000);
    scene.bind(9);
    await scene.clock.advance(5_000);
    expect(scene.looked().slice(2)).toEqual(['lb1.example.com', 'lb9.example.com']);
  });

  test('a changed credential is tried all the same: a person waits for it', async () => {
    scene = openPreflightScene();
    scene.lease.grant();
    await scene.clock.advance(20_000);
    scene.setState(1, 'blocked');
    scene.preflights.versions.set('credential', 2);
    scene.store.changed();
    await scene.clock.advance(5_000);
    expect(scene.looked()).toHaveLength(2);
  });

  test('changes that it knows nothing of cause no look', async () => {
    scene = openPreflightScene();
    scene.lease.grant();
    await scene.clock.advance(20_000);
    scene.bind(1, { publishedEpoch: 7 });
    await scene.clock.advance(60_000);
    expect(scene.looked()).toHaveLength(1);
  });

  test('of a few names that are changed at once each is looked at, of very many the first', async () => {
    scene = openPreflightScene({ names: 12 });
    scene.lease.grant();
    await scene.clock.advance(20_000);
    for (const number of [3, 4, 5]) scene.bind(number, { ttlSeconds: 30 });
    await scene.clock.advance(10_000);
    expect(scene.looked().slice(1)).toEqual([3, 4, 5].map(nameOf));
    for (let number = 1; number <= 12; number += 1) scene.bind(number, { ttlSeconds: 45 });
    await scene.clock.advance(30_000);
    expect(scene.looked()).toHaveLength(1 + 3 + 10);
  });
});

describe('whatever is going on', () => {
  test('a look that waits for its share gives way, whether a name or the credential was changed (R22)', async () => {
    // 25 places for calm, of them 5 for looks, of which one takes 3: two of the three zones wait.
    scene = openPreflightScene({ names: 0, limit: { calls: 100, perMs: 100 * minute } });
    const zoneOf = (number: number) => `z${number}.example.com` as DnsName;
    for (const number of [1, 2, 3]) scene.bind(number, { zone: zoneOf(number) });
    scene.lease.grant();
    await scene.clock.advance(10 * minute);
    const [first] = scene.looked();
    expect(scene.looked()).toHaveLength(1);
    const waiting = first === nameOf(3) ? 2 : 3;
    scene.bind(waiting, { zone: zoneOf(waiting), ttlSeconds: 30 });
    await scene.clock.advance(5_000);
    expect(scene.looked().slice(1)).toEqual([nameOf(waiting)]);
    scene.preflights.versions.set('credential', 2);
    scene.store.changed();
    await scene.clock.advance(5_000);
    expect(scene.looked().slice(2).toSorted()).toEqual([1, 2, 3].map(nameOf));
  });

  test('a look at a provider that does not answer is given up, and nothing is kept of it', async () => {
    scene = openPreflightScene({ names: 2 });
    const { provider } = scene;
    const { read } = provider;
    provider.read = () => new Promise(() => {});
    scene.lease.grant();
    while (scene.looked().length === 0) await scene.clock.advance(100);
    provider.read = read;
    scene.bind(2, { ttlSeconds: 30 });
    await scene.clock.advance(5_000);
    expect([scene.looked(), scene.kept()?.state]).toEqual([[nameOf(1), nameOf(2)], 'ok']);
  });

  test('while one name fails, a changed one that works is no end of that; it is looked at every five minutes', async () => {
    // Of 11 zones: where nothing fails there, a zone is looked at less often.
    scene = openPreflightScene({ names: 2, limit: { calls: 600, perMs: 5 * minute } });
    const other = (number: number) => `z${number}.example.com` as DnsName;
    for (let number = 3; number <= 12; number += 1) scene.bind(number, { zone: other(number) });
    const { provider } = scene;
    const { probe } = provider;
    provider.probe = async (ref, signal) => ({ ...(await probe(ref, signal)), canEdit: ref.name !== nameOf(1) });
    scene.lease.grant();
    await scene.clock.advance(20_000);
    scene.bind(2, { ttlSeconds: 30 });
    await scene.clock.advance(5_000);
    expect(scene.looked()).toContain(nameOf(2));
    await scene.clock.advance(11 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing']);
    expect(scene.looked().filter((name) => name === nameOf(1)).length).toBeGreaterThanOrEqual(3);
  });
});

describe('what a person changed is not forgotten while our database is away', () => {
  const away = () => Promise.reject(new AppError('database_unavailable'));
  const askedOf = async () => {
    const open = openPreflightScene({ names: 3 });
    scene = open;
    open.lease.grant();
    await open.clock.advance(20_000);
    return open;
  };
  /** After a look at the first name, and one at the third as soon as it can be. */
  const expectOneMore = async (open: Awaited<ReturnType<typeof askedOf>>) => {
    await open.clock.advance(10_000);
    expect(open.looked().at(-1)).toBe(nameOf(3));
    expect(open.kept()?.name).toBe(nameOf(3));
    const before = open.looked().length;
    await open.clock.advance(minute);
    expect(open.looked()).toHaveLength(before);
  };

  test('when it does not say what is used', async () => {
    scene = openPreflightScene({ names: 3 });
    scene.lease.grant();
    await scene.clock.advance(20_000);
    const { subjects } = scene.preflights;
    let isAway = true;
    scene.preflights.subjects = (only) =>
      isAway && only !== undefined ? Promise.reject(new AppError('database_unavailable')) : subjects(only);
    scene.bind(3, { ttlSeconds: 30 });
    await scene.clock.advance(20_000);
    expect(scene.looked()).toEqual(['lb1.example.com']);
    isAway = false;
    await scene.clock.advance(10_000);
    expect(scene.looked()).toEqual(['lb1.example.com', 'lb3.example.com']);
    await scene.clock.advance(60_000);
    expect(scene.looked()).toHaveLength(2);
  });

  test('when it does not give the credential', async () => {
    const open = await askedOf();
    const { forCredential } = open.providers;
    open.providers.forCredential = away;
    open.bind(3, { ttlSeconds: 30 });
    await open.clock.advance(20_000);
    expect(open.looked()).toEqual([nameOf(1)]);
    open.providers.forCredential = forCredential;
    await expectOneMore(open);
  });

  test('when it does not keep what was found', async () => {
    const open = await askedOf();
    const { record } = open.preflights;
    open.preflights.record = away;
    open.bind(3, { ttlSeconds: 30 });
    await open.clock.advance(20_000);
    expect(open.kept()?.name).toBe(nameOf(1));
    open.preflights.record = record;
    await expectOneMore(open);
  });

  test('nor is one of meanwhile', async () => {
    const open = await askedOf();
    const { forCredential } = open.providers;
    open.providers.forCredential = away;
    for (const number of [3, 2]) {
      open.bind(number, { ttlSeconds: 30 });
      await open.clock.advance(10_000);
    }
    open.providers.forCredential = forCredential;
    await open.clock.advance(15_000);
    expect(open.looked().toSorted()).toEqual([1, 2, 3].map(nameOf));
  });
});
