import { judge, type MemberId, minuteMs, type PoolEvidence, type PoolId } from '@serverctl/core';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { haproxyDown, lost } from '../../../../packages/core/testing/evidence.ts';
import { newId } from '../platform/random.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('why');
const why = (at?: string) => built.house.client.pools.why('edge', at === undefined ? {} : { at });

/** Keeps the decision that this evidence leads to, as if it had been made so many minutes ago. */
async function kept(evidence: PoolEvidence, minutesAgo: number): Promise<string> {
  const { decision, sentence } = judge(evidence);
  const { deps, store, database } = built.house;
  const id = newId(deps.random);
  const record = { id, poolId: built.edge.pool as PoolId, decision, sentence, evidence };
  await store.recordDecisions([{ ...record, decidedAgoMs: minutesAgo * minuteMs }]);
  const { rows } = await sql<{ at: Date }>`SELECT at FROM decision WHERE id = ${id}`.execute(database.kysely);
  return rows[0]?.at.toISOString() ?? '';
}

/** The same pool as a later epoch has it, with this member active. */
const under = (evidence: PoolEvidence, epoch: number, activeMemberId = evidence.pool.activeMemberId) => ({
  ...evidence,
  pool: { ...evidence.pool, epoch, activeMemberId },
});

const minutesAfter = (instant: string, minutes: number) =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();

test('now is explained from the last judgement: rule, inputs, whom and why not the others, the evidence and its replay', async () => {
  await built.house.client.pools.set('edge', { automaticFailover: true });
  const evidence = await storeJudged(built.house, built.edge, lost);
  const view = await why();
  expect(view).toMatchObject({
    kind: 'promote',
    because: 'heartbeat-lost',
    sentence: judge(evidence).sentence,
    chosen: { memberId: built.edge.lb2, hostname: 'lb2.example.com', because: expect.any(String) },
    others: [{ memberId: built.edge.lb1, because: expect.any(String) }],
    replayed: true,
  });
  expect(view.rules).toContain('R2');
  expect(view.inputs.length).toBeGreaterThan(0);
  expect(view.evidence).toEqual(JSON.parse(JSON.stringify(evidence)));
});

test('a stored decision that its evidence does not lead to is shown as not replayed (I18)', async () => {
  await storeJudged(built.house, built.edge);
  await sql`UPDATE pool_status SET judgement = jsonb_set(judgement, '{decision}', '{"kind":"keep","because":"paused"}')`.execute(
    built.house.database.kysely,
  );
  expect(await why()).toMatchObject({ because: 'paused', replayed: false });
});

test('a moment of the past is answered by the decision that held then, with the changes up to it', async () => {
  const calm = await storeJudged(built.house, built.edge);
  const down = await storeJudged(built.house, built.edge, haproxyDown);
  const first = await kept(calm, 30);
  const second = await kept(down, 20);
  await kept(calm, 10);
  const view = await why(minutesAfter(second, 5));
  expect(view).toMatchObject({
    at: minutesAfter(second, 5),
    since: second,
    judgedAt: second,
    because: 'haproxy-inactive',
    replayed: true,
  });
  expect(view.changes.map(({ at }) => at)).toEqual([first, second]);
  expect(await why(second)).toMatchObject({ since: second });
  expect(await why(minutesAfter(first, 1))).toMatchObject({ kind: 'keep', since: first });
});

/** Puts the decisions of this pool at these instants, oldest first. */
async function setAt(...instants: readonly string[]): Promise<void> {
  const { kysely } = built.house.database;
  const rows = await kysely.selectFrom('decision').select('seq').orderBy('seq').execute();
  for (const [place, { seq }] of rows.entries())
    await sql`UPDATE decision SET at = ${instants[place]} WHERE seq = ${seq}`.execute(kysely);
}

test('a time without a fraction is its whole second, in which a promotion goes before all; with one it is exact', async () => {
  await built.house.client.pools.set('edge', { automaticFailover: true });
  const calm = await storeJudged(built.house, built.edge);
  const promoting = await storeJudged(built.house, built.edge, lost);
  await kept(calm, 30);
  await kept(promoting, 20);
  await kept(under(calm, 2), 10);
  const day = '2026-10-01T19:12';
  await setAt(`${day}:30.100Z`, `${day}:59.084600Z`, `${day}:59.084900Z`);
  const view = await why(`${day}:59Z`);
  expect(view).toMatchObject({ at: `${day}:59.000Z`, kind: 'promote', since: `${day}:59.084Z`, replayed: true });
  expect(view.besides.map(({ at, kind }) => [at, kind])).toEqual([
    [`${day}:30.100Z`, 'keep'],
    [`${day}:59.084Z`, 'keep'],
  ]);
  expect(view.changes.map(({ kind }) => kind)).toEqual(['keep', 'promote', 'keep']);
  await setAt(`${day}:30.100Z`, `${day}:59.0846Z`, `${day}:59.1046Z`);
  const kindsAt = async (second: string) => {
    const { kind, besides } = await why(`${day}:${second}Z`);
    return [kind, besides.length];
  };
  expect(await kindsAt('59.083')).toEqual(['keep', 0]);
  expect(await kindsAt('59.084')).toEqual(['promote', 0]);
  expect(await kindsAt('59.2')).toEqual(['keep', 0]);
  expect(await kindsAt('59.000')).toEqual(['keep', 0]);
  expect(await kindsAt('45')).toEqual(['keep', 0]);
  expect(await kindsAt('30')).toEqual(['keep', 0]);
});

test('of a second without a promotion the last decision is told', async () => {
  const calm = await storeJudged(built.house, built.edge);
  const down = await storeJudged(built.house, built.edge, haproxyDown);
  await kept(calm, 30);
  await kept(down, 20);
  await setAt('2026-10-01T19:12:30Z', '2026-10-01T19:12:59.5Z');
  expect(await why('2026-10-01T19:12:59Z')).toMatchObject({
    because: 'haproxy-inactive',
    besides: [{ because: 'active-healthy' }],
  });
});

test('now tells since when the present decision holds, not when it was judged last', async () => {
  const calm = await storeJudged(built.house, built.edge);
  const since = await kept(calm, 40);
  const view = await why();
  expect(view.since).toBe(since);
  expect(Date.parse(view.judgedAt)).toBeGreaterThan(Date.parse(since));
  await storeJudged(built.house, built.edge, haproxyDown);
  const changed = await why();
  expect(changed.since).toBe(changed.judgedAt);
});

test('a decision that each new term kept again is one change, since its first', async () => {
  const calm = await storeJudged(built.house, built.edge);
  const before = await kept(await storeJudged(built.house, built.edge, haproxyDown), 500);
  await storeJudged(built.house, built.edge);
  const since = await kept(calm, 400);
  for (let minutesAgo = 390; minutesAgo > 150; minutesAgo -= 2) await kept(calm, minutesAgo);
  const view = await why();
  expect(view.since).toBe(since);
  expect(view.changes.filter(({ because }) => because !== 'first-publish').map(({ at }) => at)).toEqual([
    before,
    since,
  ]);
  expect(await why(minutesAfter(since, 200))).toMatchObject({ since, kind: 'keep' });
});

test('a switchover by a person is told as a line of its own, and the decision holds since then', async () => {
  const { client, database } = built.house;
  const calm = await storeJudged(built.house, built.edge);
  await kept(calm, 40);
  await client.promotions.promote('edge', { to: built.edge.lb2, reason: 'kernel upgrade', confirmNotReady: true });
  await sql`UPDATE promotion SET decided_at = now() - make_interval(mins => CASE kind WHEN 'switchover' THEN 20 ELSE 60 END)`.execute(
    database.kysely,
  );
  const moved = await kept(under(calm, calm.pool.epoch + 1, built.edge.lb2 as MemberId), 19);
  await storeJudged(built.house, built.edge);
  const view = await why();
  expect(view.since).toBe(moved);
  expect(view.changes.map(({ kind, because }) => `${kind} ${because}`)).toEqual([
    'promote first-publish',
    'keep active-healthy',
    'promote switchover',
    'keep active-healthy',
  ]);
  expect(view.changes[2]?.sentence).toMatch(/^lb2\.example\.com was made active.* By \S+: kernel upgrade$/);
  expect((await why(minutesAfter(moved, -10))).changes.map(({ because }) => because)).not.toContain('switchover');
});

test('a judgement that has aged is not told as that of now', async () => {
  const evidence = await storeJudged(built.house, built.edge);
  expect((await why()).sentence).toBe(judge(evidence).sentence);
  await sql`UPDATE pool_status SET at = now() - interval '5 minutes'`.execute(built.house.database.kysely);
  const { sentence } = await why();
  expect(sentence).toMatch(/^No failover loop has judged this pool for 5 min/);
  expect(sentence).toContain(judge(evidence).sentence);
});

test('a change is told from the moment it is kept, though the judgement of that second is stored later', async () => {
  const down = await storeJudged(built.house, built.edge, haproxyDown);
  await sql`UPDATE pool_status SET at = now() - interval '1 minute'`.execute(built.house.database.kysely);
  const calm = {
    ...down,
    members: down.members.map((member) => ({ ...member, haproxy: { kind: 'running' as const } })),
  };
  const since = await kept(calm, 0.5);
  const { because, sentence, changes, ...view } = await why();
  const change = changes.find((one) => one.because === 'active-healthy');
  expect([because, sentence, view.since]).toEqual(['active-healthy', change?.sentence, since]);
});

test('between a promotion and its first judgement the older one is told as that', async () => {
  const calm = await storeJudged(built.house, built.edge);
  await built.house.client.promotions.promote('edge', { to: built.edge.lb2, reason: 'kernel upgrade' });
  const epoch = calm.pool.epoch + 1;
  expect((await why()).sentence).toBe(
    `Not judged yet under epoch ${epoch}. The last judgement: ${judge(calm).sentence}`,
  );
  await storeJudged(built.house, built.edge);
  expect((await why()).sentence).not.toContain('Not judged yet');
});

test('a moment that is still to come is refused; one that a fast clock names is now', async () => {
  const since = await kept(await storeJudged(built.house, built.edge), 10);
  const now = new Date().toISOString();
  expect(await refusal(why(minutesAfter(now, 2)))).toMatchObject({
    code: 'request_invalid',
    details: { fields: ['query.at: must not lie ahead'] },
  });
  expect(await why(minutesAfter(now, 0.5))).toMatchObject({ since });
});

test('the last twenty changes are shown, oldest first', async () => {
  const calm = await storeJudged(built.house, built.edge);
  for (let minutesAgo = 25; minutesAgo > 0; minutesAgo -= 1) await kept(under(calm, minutesAgo % 2), minutesAgo);
  const { changes } = await why();
  expect(changes).toHaveLength(20);
  expect(changes.map(({ at }) => at)).toEqual(changes.map(({ at }) => at).toSorted());
  expect(Date.parse(changes.at(-1)?.at ?? '')).toBeGreaterThan(Date.parse(changes[0]?.at ?? ''));
});

test('before the first decision, and before any judgement, the earliest known moment is told', async () => {
  expect(await refusal(why())).toEqual({
    code: 'decision_not_found',
    details: { pool: 'edge', earliest: null, requestId: expect.any(String) },
  });
  const first = await kept(await storeJudged(built.house, built.edge), 10);
  expect(await refusal(why(minutesAfter(first, -1)))).toMatchObject({
    code: 'decision_not_found',
    details: { earliest: first },
  });
});
