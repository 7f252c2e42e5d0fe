import type { PoolView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { nextPicture, type Picture } from './picture.ts';
import { aMember, aTraffic, aView } from './testing/views.ts';

const pictureAt = (before: Picture | null, atMs: number, views: readonly PoolView[]) =>
  nextPicture(before, { views, listening: null, atMs, at: new Date(1_700_000_000_000 + atMs) });
const versions = (picture: Picture) => [...picture.pools.values()].map(({ version }) => version);
const beats = (picture: Picture) => JSON.parse(picture.pools.get('A')?.beatsJson() ?? '');
const withTraffic = (...change: Parameters<typeof aTraffic>) =>
  aView('A', { status: { members: [aMember('m1', { traffic: aTraffic(...change) }), aMember('m2')] } });

test('a pool gets another version with what changed in it, and keeps it while nothing does', () => {
  const first = pictureAt(null, 0, [aView('A'), aView('B')]);
  const second = pictureAt(first, 1_000, [aView('A'), aView('B', { epoch: 2 })]);
  const third = pictureAt(second, 2_000, [aView('A'), aView('B', { epoch: 2 })]);
  expect([first, second, third].map(versions)).toEqual([
    [1, 1],
    [1, 2],
    [1, 2],
  ]);
});

test('each pool is renewed after 30 s, a part of them in each turn', () => {
  const views = Array.from({ length: 30 }, (_, n) => aView(`p${n}`));
  let picture = pictureAt(null, 0, views);
  picture = pictureAt(picture, 29_999, views);
  expect(new Set(versions(picture))).toEqual(new Set([1]));
  for (let turn = 0; turn < 15; turn += 1) {
    picture = pictureAt(picture, 30_000 + turn, views);
    expect(versions(picture).filter((version) => version === picture.turn)).toHaveLength(2);
  }
  expect(versions(picture)).not.toContain(1);
});

test('beats tell every age, and of traffic what was read anew: by its age even where the figures are the same', () => {
  const first = pictureAt(null, 0, [withTraffic({ ageMs: 100 })]);
  expect(beats(first)).toEqual({ ages: { m1: 400, m2: 400 }, traffic: { m1: aTraffic(), m2: null } });
  const same = pictureAt(first, 1_000, [withTraffic({ ageMs: 1_080 })]);
  expect(beats(same)).toEqual({ ages: { m1: 400, m2: 400 } });
  const anew = pictureAt(same, 2_000, [withTraffic({ ageMs: 300 })]);
  expect(beats(anew)).toMatchObject({ traffic: { m1: { ageMs: 300 } } });
  const others = pictureAt(anew, 2_050, [withTraffic({ ageMs: 350, sessions: 5 })]);
  expect(beats(others)).toMatchObject({ traffic: { m1: { sessions: 5 } } });
  expect(JSON.parse(same.pools.get('A')?.allBeatsJson() ?? '')).toMatchObject({ traffic: { m1: { ageMs: 1_080 } } });
});
