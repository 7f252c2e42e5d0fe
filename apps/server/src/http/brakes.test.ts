import type { ZoneEvidence } from '@serverctl/core';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { anEvidence, lost } from '../../../../packages/core/testing/evidence.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('brakes');
const brakes = () => built.house.client.brakes;
const reason = 'the rack is really on fire';

const fleet = (zones: readonly ZoneEvidence[], promotionAgesMs: readonly number[] = [], poolCount = 10) => ({
  fleet: { ...anEvidence().fleet, zones, promotionAgesMs, poolCount },
});

const aged = (interval: string) =>
  sql`UPDATE pool_status SET at = at - ${interval}::interval`.execute(built.house.database.kysely);

test('before any judgement nothing is claimed to be heard', async () => {
  expect(await brakes().get()).toMatchObject({
    sentence: 'No failover loop has judged any pool yet.',
    judgedAt: null,
    released: null,
    braked: [],
    massSilence: { holds: false, members: 0, silent: 0 },
    velocity: { holds: false, promotions: 0, limit: 10 },
    howToRelease: expect.stringContaining('serverctl brakes release --reason'),
  });
});

test('mass silence is shown with its figures by zone, and the pools that wait for it', async () => {
  const zones = [
    { zone: 'east', members: 4, silent: 4 },
    { zone: 'unlabelled', members: 4, silent: 2 },
  ];
  await storeJudged(built.house, built.edge, lost, {}, fleet(zones, [2_000]));
  const view = await brakes().get();
  expect(view).toMatchObject({
    sentence: '6 of 8 members are silent: one failover every 10 seconds.',
    massSilence: { holds: true, members: 8, silent: 6 },
    velocity: { holds: false, promotions: 1 },
    braked: [{ poolId: built.edge.pool, pool: 'edge', because: 'mass-silence' }],
  });
  expect(view.massSilence.zones.map(({ zone, dead }) => [zone, dead])).toEqual([
    ['east', false],
    ['unlabelled', false],
  ]);
});

test('a zone that is silent while another one is heard is shown as dead', async () => {
  const zones = [
    { zone: 'east', members: 4, silent: 4 },
    { zone: 'west', members: 40, silent: 0 },
  ];
  await storeJudged(built.house, built.edge, {}, {}, fleet(zones));
  const view = await brakes().get();
  expect(view.massSilence.zones.map(({ zone, dead }) => [zone, dead])).toEqual([
    ['east', true],
    ['west', false],
  ]);
  expect(view.sentence).toBe('Nothing is held back: 4 of 44 members are silent.');
});

test('the velocity limit is shown against what was used of it, and grows old with the judgement', async () => {
  await storeJudged(built.house, built.edge, {}, {}, fleet([], Array<number>(12).fill(5_000), 60));
  expect(await brakes().get()).toMatchObject({
    sentence: '12 failovers within a minute: no more than 12 are made.',
    velocity: { holds: true, promotions: 12, limit: 12 },
  });
  await aged('8 seconds');
  expect(await brakes().get()).toMatchObject({ velocity: { holds: true, promotions: 12 } });
});

test('a brake that held when the last loop stopped is not told as holding now, however many were silent', async () => {
  const zones = [{ zone: 'unlabelled', members: 4, silent: 4 }];
  await storeJudged(built.house, built.edge, lost, {}, fleet(zones, Array<number>(12).fill(1_000)));
  expect(await brakes().get()).toMatchObject({ massSilence: { holds: true } });
  const judgedAt = (await brakes().get()).judgedAt;
  await aged('1 hour');
  const view = await brakes().get();
  expect(view).toMatchObject({
    sentence: expect.stringMatching(/^No failover loop has judged any pool for 1 h/),
    massSilence: { holds: false, members: 0, silent: 0, zones: [] },
    velocity: { holds: false, promotions: 0 },
    braked: [],
  });
  expect(Date.parse(judgedAt ?? '') - Date.parse(view.judgedAt ?? '')).toBe(3_600_000);
  expect((await brakes().release({ reason })).sentence).toMatch(/^No failover loop .* A person released the brakes\.$/);
});

test('a release lasts ten minutes, says who and why, and is audited and told; asked again it lasts ten minutes anew', async () => {
  const first = await brakes().release({ reason: 'first' });
  expect(first.released).toMatchObject({ by: 'host', reason: 'first' });
  await sql`UPDATE brake_release SET released_at = now() - interval '9 minutes', until_at = now() + interval '1 minute'`.execute(
    built.house.database.kysely,
  );
  const second = await brakes().release({ reason });
  const { rows } = await sql<{ left: number }>`
    SELECT extract(epoch FROM ${second.released?.until ?? null}::timestamptz - now())::float8 AS left`.execute(
    built.house.database.kysely,
  );
  expect(rows[0]?.left).toBeGreaterThan(590);
  expect(rows[0]?.left).toBeLessThanOrEqual(600);
  expect(second.released?.reason).toBe(reason);
  expect((await built.house.told()).at(-1)).toMatchObject({
    kind: 'brakes.released',
    severity: 'warning',
    sentence: `The brakes of the fleet are released by the host for 10 minutes: ${reason}`,
  });
  const audit = built.house.database.kysely.selectFrom('audit_entry').select(['action', 'reason', 'details']);
  expect(await audit.orderBy('seq', 'desc').limit(1).execute()).toEqual([
    { action: 'brakes.release', reason, details: { minutes: 10 } },
  ]);
});

test('a release ends by itself or by a person, and only while there is one', async () => {
  expect(await refusal(brakes().restore({ reason }))).toMatchObject({ code: 'brakes_not_released' });
  await brakes().release({ reason });
  expect((await brakes().restore({ reason: 'over' })).released).toBeNull();
  expect((await built.house.told()).at(-1)).toMatchObject({
    kind: 'brakes.restored',
    sentence: 'The brakes of the fleet are in force again, by the host: over',
  });
  await brakes().release({ reason });
  await sql`UPDATE brake_release SET released_at = now() - interval '11 minutes', until_at = now() - interval '1 minute'
    WHERE ended_at IS NULL`.execute(built.house.database.kysely);
  expect((await brakes().get()).released).toBeNull();
  expect(await refusal(brakes().restore({ reason }))).toMatchObject({ code: 'brakes_not_released' });
});

test('released brakes hold nothing, and say what they would hold', async () => {
  await storeJudged(built.house, built.edge, {}, {}, fleet([{ zone: 'unlabelled', members: 4, silent: 3 }]));
  expect(await brakes().release({ reason })).toMatchObject({
    sentence: expect.stringMatching(/^A person released the brakes.*Without that: 3 of 4 members are silent/),
    massSilence: { holds: false, silent: 3 },
  });
});
