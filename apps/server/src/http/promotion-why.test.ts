import type { PoolEvidence } from '@serverctl/core';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { explainWhy } from '../../../../packages/core/src/failover/why.ts';
import { lost } from '../../../../packages/core/testing/evidence.ts';
import { housePerTest } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('promotion-why');

async function switchedOver(): Promise<string> {
  await storeJudged(built.house, built.edge);
  const { promotions } = built.house.client;
  const { promotion } = await promotions.promote('edge', { to: 'lb2.example.com', reason: 'kernel update' });
  return promotion?.id ?? '';
}
const read = (id: string) => built.house.client.promotions.get('edge', id);

test('a promotion says of each member what it was and why it, or why not it, in the words of its evidence (R14)', async () => {
  const { why, evidence } = await read(await switchedOver());
  const members = (evidence as PoolEvidence).members;
  expect(why?.members.map(({ memberId }) => memberId).toSorted()).toEqual(members.map(({ id }) => id).toSorted());
  const sentences = explainWhy(evidence as PoolEvidence).others.map(({ because }) => because);
  expect(why?.members.map(({ because }) => because)).toEqual(sentences);
  expect(why?.members.find(({ memberId }) => memberId === built.edge.lb2)).toMatchObject({
    ready: true,
    health: 'healthy',
    haproxy: 'running',
    quarantined: false,
    addresses: [expect.any(String)],
  });
});

test('a person’s act is settled by no rule, an automatic one by those that fired, and its evidence leads there again (I18)', async () => {
  await built.house.client.pools.set('edge', { automaticFailover: true });
  const evidence = await storeJudged(built.house, built.edge, lost);
  const id = await switchedOver();
  expect((await read(id)).why).toMatchObject({ rules: [], replayed: true });
  const { decision } = explainWhy(evidence);
  await sql`UPDATE promotion_evidence SET evidence = ${JSON.stringify(evidence)}, decision = ${JSON.stringify(decision)}
    WHERE promotion_id = ${id}`.execute(built.house.database.kysely);
  await sql`UPDATE promotion SET actor = 'loop' WHERE id = ${id}`.execute(built.house.database.kysely);
  const { why } = await read(id);
  expect(why).toMatchObject({ replayed: true, failoverDelayMs: evidence.pool.failoverDelayMs });
  expect(why?.rules).toContain('R2');
});

test('a promotion whose evidence is past its retention has its timeline, and no why', async () => {
  const id = await switchedOver();
  await sql`DELETE FROM promotion_evidence WHERE promotion_id = ${id}`.execute(built.house.database.kysely);
  expect(await read(id)).toMatchObject({ id, why: null, evidence: null, decision: null });
});

test('a record that is bound after the move is written under the same epoch, and is no part of it', async () => {
  const id = await switchedOver();
  const { kysely } = built.house.database;
  const [bound] = (await built.house.client.pools.get('edge')).status.bindings;
  const name = bound?.name ?? '';
  const { epoch } = await read(id);
  await sql`UPDATE dns_binding SET published_epoch = ${epoch}, state = 'published'`.execute(kysely);
  await sql`INSERT INTO promotion_step (promotion_id, step, name, type) VALUES (${id}, 'acknowledged', ${name}, 'A')`.execute(
    kysely,
  );
  expect(await read(id)).toMatchObject({ state: 'done' });
  expect((await read(id)).steps.map(({ step }) => step)).toContain('acknowledged');
  await sql`UPDATE dns_binding SET created_at = (SELECT decided_at FROM promotion WHERE id = ${id}) + interval '1 ms',
    published_epoch = 0`.execute(kysely);
  const later = await read(id);
  expect(later.steps.map(({ step }) => step)).not.toContain('acknowledged');
  expect(later.state).toBe('done');
});

test('a promotion that is done stays so, whatever becomes of its record under the same epoch; a running one runs until all is answered', async () => {
  const id = await switchedOver();
  const { kysely } = built.house.database;
  const { epoch } = await read(id);
  const change = (state: string) =>
    sql`UPDATE dns_binding SET published_epoch = ${epoch}, state = ${state}`.execute(kysely);
  await change('verifying');
  expect(await read(id)).toMatchObject({ state: 'verifying' });
  await sql`INSERT INTO promotion_step (promotion_id, step, name, type)
    SELECT ${id}, 'all-answered', name, type FROM dns_binding`.execute(kysely);
  for (const state of ['published', 'publishing', 'verifying', 'partial', 'drift', 'blocked', 'unknown-outcome']) {
    await change(state);
    expect(await read(id)).toMatchObject({ state: 'done' });
  }
});

test('what a name says of old answers is of its present epoch’s move, not of the last write', async () => {
  const { kysely } = built.house.database;
  const until = async () => (await built.house.client.pools.get('edge')).status.bindings[0]?.oldTtlUntil;
  await sql`UPDATE dns_binding SET old_ttl_until = now() + interval '1 day'`.execute(kysely);
  expect(await until()).toBeNull();
  await sql`UPDATE dns_binding SET old_answer_until = '2026-11-24 08:20:30Z'`.execute(kysely);
  expect(await until()).toBe('2026-11-24T08:20:30.000Z');
});
