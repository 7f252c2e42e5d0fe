import { formatMark, type PoolId } from '@serverctl/core';
import { type RawBuilder, sql } from 'kysely';
import { expect, test } from 'vitest';
import { haproxyDown } from '../../../../packages/core/testing/evidence.ts';
import { newId } from '../platform/random.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('pause');
const reason = 'restored from a backup';
const pools = () => built.house.client.pools;
const lb = 'lb.example.com';
const [lb1Address, lb2Address, strange] = ['198.51.100.11', '198.51.100.12', '203.0.113.9'];

/** The record as a provider would hold it, with the mark of this pool, or of it in another control plane. */
function put(address: string, epoch: number | null, of: 'us' | 'another' = 'us'): void {
  const { zone, deps } = built.house;
  zone.put(lb, 'A', [address]);
  const instance = of === 'us' ? deps.providers.instance : newId<typeof deps.providers.instance>(deps.random);
  const mark = { instance, pool: built.edge.pool as PoolId, epoch: epoch ?? 0 };
  zone.put(`_serverctl.${lb}`, 'TXT', epoch === null ? [] : [formatMark(mark)]);
}

/** While the records are being read, which is before the pool is locked, somebody else does this. */
function meanwhile(act: () => Promise<unknown>): void {
  const { providers } = built.house.deps;
  const { forCredential } = providers;
  Object.assign(providers, {
    forCredential: async (id: string) => {
      Object.assign(providers, { forCredential });
      await act();
      return forCredential(id);
    },
  });
}

/** What an act is refused with when somebody who has the pool's row locked changes it so, after it was judged and before it is recorded. */
async function refusedAmid(change: RawBuilder<unknown>, act: () => Promise<unknown>) {
  const { kysely } = built.house.database;
  const waiting = sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  const isWaiting = async () => (await waiting.execute(kysely)).rows[0]?.n !== 0;
  return kysely.transaction().execute(async (trx) => {
    await change.execute(trx);
    let settled = false;
    const refused = refusal(act()).finally(() => {
      settled = true;
    });
    while (!settled && !(await isWaiting()));
    return { refused };
  });
}

const paused = () => pools().pause('edge', { reason: 'looking at it' });
const takeOver = async () => {
  const rows = await built.house.database.kysely.selectFrom('dns_binding').select('take_over').execute();
  return rows.map((row) => row.take_over);
};

test('a pause says why, by whom and since when, tells the channels, and refuses a second one', async () => {
  const view = await paused();
  expect(view.paused).toMatchObject({
    because: 'person',
    sentence: 'edge was paused by the host: looking at it',
    since: expect.any(String),
  });
  expect((await built.house.told()).at(-1)).toMatchObject({ kind: 'pool.paused', severity: 'warning' });
  expect(await refusal(paused())).toMatchObject({ code: 'pool_already_paused' });
});

test('a paused pool is shown as that, and only a switchover that names its target acts', async () => {
  await paused();
  await storeJudged(built.house, built.edge);
  const { status } = await pools().get('edge');
  expect(status).toMatchObject({ state: 'paused', sentence: expect.stringContaining('looking at it') });
  expect(status.sentence).toContain('serverctl pool resume');
  const promote = (to: string) => built.house.client.promotions.promote('edge', { to, reason });
  expect(await refusal(promote('next'))).toMatchObject({ code: 'pool_paused' });
  expect((await promote('lb2.example.com')).promotion).toMatchObject({ epoch: 2 });
});

test('the state of a paused pool says once what ends it, in whole sentences', async () => {
  await paused();
  await storeJudged(built.house, built.edge);
  const sentence = async () => (await pools().get('edge')).status.sentence;
  expect(await sentence()).toBe('edge was paused by the host: looking at it. Paused: `serverctl pool resume` ends it.');
  const ofMark = 'lb.example.com bears the mark of another. Nothing is written until a person resumes the pool.';
  await built.house.database.kysely
    .updateTable('pool')
    .set({ paused_sentence: ofMark })
    .where('id', '=', built.edge.pool)
    .execute();
  expect(await sentence()).toBe(`${ofMark} Paused: \`serverctl pool resume\` ends it.`);
});

test('the state of a paused pool names the trouble that the pause leaves alone', async () => {
  await paused();
  await storeJudged(built.house, built.edge, haproxyDown);
  const { state, sentence } = (await pools().get('edge')).status;
  expect(state).toBe('paused');
  expect(sentence).toMatch(
    /^edge was paused by the host: looking at it\. Do nothing: HAProxy on lb1\.example\.com has been inactive .*`serverctl pool resume` ends it\.$/,
  );
});

test('a pool that is paused while it is set up says why, as well as one that nobody judges', async () => {
  await pools().pause('other', { reason });
  const { status } = await pools().get('other');
  expect(status).toMatchObject({ state: 'setup', sentence: expect.stringMatching(/^Being set up; missing: /) });
  expect(status.sentence).toContain(`other was paused by the host: ${reason}. Paused: \`serverctl pool resume\``);
  await paused();
  expect((await pools().get('edge')).status.sentence).toContain('edge was paused by the host: looking at it.');
});

test.each([
  ['another control plane’s mark', () => put(lb1Address, 3, 'another'), 'mark'],
  ['a newer epoch than the promotion would get', () => put(lb1Address, 41), 'epoch 41'],
  ['the very epoch that the promotion would get', () => put(lb1Address, 2), 'epoch 2'],
])('a switchover in a paused pool is refused, also as a preview, while a name bears %s', async (_what, stand, word) => {
  await storeJudged(built.house, built.edge);
  await paused();
  stand();
  const before = await built.house.stored();
  const wish = { to: 'lb2.example.com', reason };
  for (const input of [wish, { ...wish, preview: true }]) {
    expect(await refusal(built.house.client.promotions.promote('edge', input))).toMatchObject({
      code: 'record_claimed',
      details: { pool: 'edge', names: [expect.stringContaining(word)] },
    });
  }
  const move = { publicIpv4: '198.51.100.99', confirmMove: true };
  expect(await refusal(built.house.client.members.set('edge', built.edge.lb1, move))).toMatchObject({
    code: 'record_claimed',
  });
  expect(await built.house.stored()).toBe(before);
});

test('a switchover in a paused pool goes through where its write would: past a known epoch, and over what nobody marked', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb1Address, 41);
  await built.house.database.kysely
    .updateTable('pool')
    .set({ seen_epoch: 41 })
    .where('id', '=', built.edge.pool)
    .execute();
  const { promotions } = built.house.client;
  const { promotion } = await promotions.promote('edge', { to: 'lb2.example.com', reason, confirmNotReady: true });
  expect(promotion).toMatchObject({ epoch: 42 });
  put(strange, null);
  const back = await promotions.promote('edge', { to: 'lb1.example.com', reason, confirmNotReady: true });
  expect(back.promotion).toMatchObject({ epoch: 43 });
});

test('a switchover in a paused pool, or to a new address, gets an epoch above each mark that it takes over (I20)', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  const { zone, database } = built.house;
  /** As if a person had said yes to what stands there, and nothing were written yet. */
  const sayYes = async () => {
    const [mark = null] = zone.get(`_serverctl.${lb}`, 'TXT')?.values ?? [];
    await database.kysely.updateTable('dns_binding').set({ take_over: true, take_over_mark: mark }).execute();
  };
  put(lb1Address, 41, 'another');
  await sayYes();
  const { promotion } = await built.house.client.promotions.promote('edge', { to: 'lb2.example.com', reason });
  expect(promotion).toMatchObject({ epoch: 42 });
  put(lb1Address, 50, 'another');
  const move = () =>
    built.house.client.members.set('edge', built.edge.lb2, { publicIpv4: '198.51.100.99', confirmMove: true });
  expect(await refusal(move())).toMatchObject({ code: 'record_claimed' }); // the yes was for the mark before
  await sayYes();
  await move();
  expect(await pools().get('edge')).toMatchObject({ epoch: 51, seenEpoch: 50 });
});

const pauseNow = sql`UPDATE pool SET paused_at = now(), paused_because = 'foreign-mark', paused_sentence = 'A mark.'`;
const maintainNow = sql`UPDATE pool SET maintenance_from = now(), maintenance_until = now() + interval '1 hour'`;
const switchTo = (to: string) => () => built.house.client.promotions.promote('edge', { to, reason });
const moveActive = () =>
  built.house.client.members.set('edge', built.edge.lb1, { publicIpv4: '198.51.100.99', confirmMove: true });

test.each([
  ['a switchover to the next', 'paused', pauseNow, switchTo('next')],
  ['a switchover that names its target', 'paused', pauseNow, switchTo('lb2.example.com')],
  ['a new address of the active member', 'paused', pauseNow, moveActive],
  ['a switchover to the next', 'put into maintenance', maintainNow, switchTo('next')],
])('%s is refused whole when the pool was %s after it was judged (R13)', async (_act, _what, change, act) => {
  await storeJudged(built.house, built.edge);
  const { refused } = await refusedAmid(change, act);
  expect(await refused).toMatchObject({ code: 'pool_changed' });
  expect(await pools().get('edge')).toMatchObject({ epoch: 1, activeMemberId: built.edge.lb1 });
  expect((await built.house.client.members.get('edge', built.edge.lb1)).publicIpv4).toBe(lb1Address);
});

test('a switchover in a paused pool is refused when that was resumed and paused again while its records were read', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb1Address, 1);
  for (const act of [switchTo('lb2.example.com'), moveActive]) {
    meanwhile(() => sql`UPDATE pool SET paused_at = paused_at + interval '1 s'`.execute(built.house.database.kysely));
    expect(await refusal(act())).toMatchObject({ code: 'pool_changed' });
  }
  expect(await pools().get('edge')).toMatchObject({ epoch: 1, activeMemberId: built.edge.lb1 });
});

test('the records of a pool that is not paused are not asked for before a switchover', async () => {
  await storeJudged(built.house, built.edge);
  put(lb1Address, 3, 'another');
  const { promotion } = await built.house.client.promotions.promote('edge', { to: 'lb2.example.com', reason });
  expect(promotion).toMatchObject({ epoch: 2 });
});

test('a pause ends without a question while each record is as the pool left it, or only needs repair', async () => {
  for (const stand of [() => put(lb1Address, 1), () => put(lb1Address, null), () => put(strange, 1)]) {
    await paused();
    stand();
    const { pool, promotion } = await pools().resume('edge', { reason });
    expect([pool.paused, pool.epoch, promotion]).toEqual([null, 1, null]);
  }
  expect((await built.house.told()).at(-1)).toMatchObject({ kind: 'pool.resumed' });
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({ code: 'pool_not_paused' });
});

test.each([
  ['names another member', () => put(lb2Address, 1), '198.51.100.12'],
  ['carries a newer epoch', () => put(lb1Address, 41), 'epoch 41'],
  ['carries another control plane’s mark', () => put(lb1Address, 3, 'another'), 'mark'],
])(
  'a pause does not end by itself while the record %s: it asks, and nothing is changed',
  async (_what, stand, word) => {
    await paused();
    stand();
    const before = await built.house.stored();
    expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({
      code: 'resume_needs_choice',
      details: { names: [expect.stringContaining(word)] },
    });
    expect(await built.house.stored()).toBe(before);
  },
);

test('adopting at the end of a pause makes the named member active, above every epoch that was read (R25)', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb2Address, 41);
  const { pool, promotion } = await pools().resume('edge', { reason, record: 'adopt' });
  expect(promotion).toMatchObject({
    kind: 'adoption',
    cause: 'adopted',
    epoch: 42,
    toMemberId: built.edge.lb2,
    reason,
  });
  expect(pool).toMatchObject({ paused: null, epoch: 42, activeMemberId: built.edge.lb2, seenEpoch: 41 });
  expect(await takeOver()).toEqual([false]);
});

test('at the end of a pause a member that is not ready is adopted only on a yes to that, and the question says so', async () => {
  await storeJudged(built.house, built.edge, {}, haproxyDown);
  await paused();
  put(lb2Address, 1);
  const before = await built.house.stored();
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({
    code: 'resume_needs_choice',
    details: { adopt: 'lb2.example.com', because: expect.stringContaining('lb2.example.com is not ready') },
  });
  expect(await refusal(pools().resume('edge', { reason, record: 'adopt' }))).toMatchObject({
    code: 'target_not_ready',
    details: { member: 'lb2.example.com', because: expect.stringContaining('HAProxy') },
  });
  expect(await built.house.stored()).toBe(before);
  const { promotion } = await pools().resume('edge', { reason, record: 'adopt', confirmNotReady: true });
  expect(promotion).toMatchObject({ toMemberId: built.edge.lb2, epoch: 2 });
});

test('a member that is ready is asked about without a word of that', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb2Address, 1);
  const refused = await refusal(pools().resume('edge', { reason }));
  expect(refused).toMatchObject({ code: 'resume_needs_choice', details: { adopt: 'lb2.example.com' } });
  expect(refused?.details).not.toHaveProperty('because');
});

test('keeping at the end of a pause writes over another control plane’s mark, under an epoch above its own', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb2Address, 7, 'another');
  const { pool, promotion } = await pools().resume('edge', { reason, record: 'keep' });
  expect(promotion).toMatchObject({ kind: 'switchover', cause: 'kept', epoch: 8, toMemberId: built.edge.lb1 });
  expect(pool.activeMemberId).toBe(built.edge.lb1);
  expect(await takeOver()).toEqual([true]);
  const rows = await built.house.database.kysely
    .selectFrom('audit_entry')
    .select(['action', 'details'])
    .orderBy('seq', 'desc')
    .limit(2)
    .execute();
  expect(rows).toMatchObject([
    { action: 'promotion.switchover', details: { names: [{ name: lb, takeOver: true, held: [lb2Address] }] } },
    { action: 'pool.resume', details: { wasPausedBecause: 'person', record: 'keep' } },
  ]);
});

test('a mark beyond any believable epoch is not ours: keeping takes it over, and no pool becomes unreadable', async () => {
  await storeJudged(built.house, built.edge);
  await paused();
  put(lb1Address, Number.MAX_SAFE_INTEGER);
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({ code: 'resume_needs_choice' });
  const { promotion } = await pools().resume('edge', { reason, record: 'keep' });
  expect(promotion).toMatchObject({ cause: 'kept', epoch: 2 });
  expect(await takeOver()).toEqual([true]);
  const stored = await built.house.store.pools();
  expect(stored.map(({ pool }) => [pool.name, pool.epoch])).toEqual(
    expect.arrayContaining([
      ['edge', 2],
      ['other', 0],
    ]),
  );
});

test.each([
  ['UPDATE pool SET epoch', 'pool_epoch_exact'],
  ['UPDATE pool SET seen_epoch', 'pool_seen_epoch_check'],
  ['UPDATE promotion SET epoch', 'promotion_epoch_exact'],
])('the database keeps no epoch that is not counted exactly: %s', async (column, constraint) => {
  const set = (value: bigint) => sql.raw(`${column} = ${value}`).execute(built.house.database.kysely);
  await expect(set(2n ** 52n)).rejects.toThrow(constraint);
});

test.each([
  ['was resumed and paused again', () => resumedAndPausedAgain()],
  ['met a mark of a newer epoch', () => sql`UPDATE pool SET seen_epoch = 9`.execute(built.house.database.kysely)],
  [
    'got one more name',
    () => built.house.client.bindings.add('edge', { name: 'w.example.com', zone: 'example.com', credentialId: 'bind' }),
  ],
  [
    'has a member that moved',
    () => built.house.client.members.set('edge', built.edge.lb2, { publicIpv4: '198.51.100.98', confirmMove: true }),
  ],
])('a pool that %s while its records were read stays paused', async (_what, act) => {
  await paused();
  put(lb1Address, 1);
  meanwhile(act);
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({ code: 'pool_changed' });
  expect((await pools().get('edge')).paused).not.toBeNull();
});

/** Another person was faster, and the publisher then met somebody else's mark. */
const resumedAndPausedAgain = () =>
  sql`UPDATE pool SET paused_at = clock_timestamp() + interval '1 second', paused_because = 'foreign-mark' WHERE paused_at IS NOT NULL`.execute(
    built.house.database.kysely,
  );

test('adopting is refused whole when the record names no member', async () => {
  await paused();
  put(strange, 41);
  const before = await built.house.stored();
  expect(await refusal(pools().resume('edge', { reason, record: 'adopt' }))).toMatchObject({
    code: 'record_names_no_member',
    details: { names: [expect.stringContaining(strange)] },
  });
  expect(await built.house.stored()).toBe(before);
});

test('a pool whose names name different members adopts none of them', async () => {
  const wish = { name: 'w.example.com', zone: 'example.com', credentialId: 'bind' };
  await built.house.client.bindings.add('edge', wish);
  await paused();
  put(lb2Address, 1);
  built.house.zone.put('w.example.com', 'A', [lb1Address]);
  expect(await refusal(pools().resume('edge', { reason, record: 'adopt' }))).toMatchObject({
    code: 'record_names_no_member',
  });
  const { promotion } = await pools().resume('edge', { reason, record: 'keep' });
  expect(promotion).toMatchObject({ cause: 'kept', epoch: 2 });
});

test('what we wrote under an earlier epoch only waits for its write: no question', async () => {
  await storeJudged(built.house, built.edge);
  await built.house.database.kysely
    .updateTable('dns_binding')
    .set({ published_epoch: 1, published_address: lb1Address })
    .execute();
  await built.house.client.promotions.promote('edge', { to: built.edge.lb2, reason, confirmNotReady: true });
  await paused();
  put(lb1Address, null);
  expect((await pools().resume('edge', { reason })).promotion).toBeNull();
});

test('a record that cannot be read ends no pause', async () => {
  await paused();
  put(lb1Address, 1);
  built.house.zone.put(lb, 'A', []);
  built.house.zone.put(lb, 'CNAME', ['www.example.com']);
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({ code: 'dns_cname_in_the_way' });
  built.house.zone.put(lb, 'CNAME', []);
  built.house.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { verbs: ['read'] });
  expect(await refusal(pools().resume('edge', { reason }))).toMatchObject({ code: 'dns_unreachable' });
  expect((await pools().get('edge')).paused).not.toBeNull();
});

test('a pool without an active member is paused and resumed without a look at any record', async () => {
  await pools().pause('other', { reason });
  expect((await pools().resume('other', { reason })).pool).toMatchObject({ paused: null, activeMemberId: null });
});

test('a record that somebody else changed is a state of its own, which says what to do', async () => {
  await built.house.client.pools.set('edge', { automaticFailover: true });
  await storeJudged(built.house, built.edge);
  await built.house.database.kysely.updateTable('dns_binding').set({ state: 'drift', published_epoch: 1 }).execute();
  const { status } = await pools().get('edge');
  expect(status).toMatchObject({ state: 'drift', bindings: [{ state: 'drift' }] });
  expect(status.sentence).toMatch(/serverctl pool adopt.*serverctl pool repair/);
});

test('a preview of resuming needs no reason and changes nothing; resuming without one is refused', async () => {
  await paused();
  put(lb1Address, 3, 'another');
  const before = await built.house.stored();
  expect(await pools().resume('edge', { preview: true })).toMatchObject({
    promotion: null,
    records: [{ addresses: [lb1Address], disputed: expect.stringContaining(lb) }],
  });
  expect(await built.house.stored()).toBe(before);
  expect(await refusal(pools().resume('edge', {}))).toMatchObject({ code: 'request_invalid' });
  expect((await pools().get('edge')).paused).not.toBeNull();
});
