import { AppError, type EventKind, formatMark, type PoolId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { lost } from '../../../../packages/core/testing/evidence.ts';
import { writeEvent } from '../db/repositories/events.ts';
import { newId } from '../platform/random.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('drift');
const reason = 'that was me';
const pools = () => built.house.client.pools;
const lb = 'lb.example.com';
const [lb1Address, lb2Address, strange] = ['198.51.100.11', '198.51.100.12', '203.0.113.9'];

/** The record as a provider would hold it, with the mark of this pool, or of it in another control plane. */
function put(address: string, epoch: number, of: 'us' | 'another' = 'us'): void {
  const { zone, deps } = built.house;
  zone.put(lb, 'A', [address]);
  const instance = of === 'us' ? deps.providers.instance : newId<typeof deps.providers.instance>(deps.random);
  zone.put(`_serverctl.${lb}`, 'TXT', [formatMark({ instance, pool: built.edge.pool as PoolId, epoch })]);
}

/** As the publisher leaves it: what stands there is of this epoch. */
const written = (epoch: number, address = lb1Address) =>
  built.house.database.kysely
    .updateTable('dns_binding')
    .set({ published_epoch: epoch, published_address: address })
    .execute();

/** The record of epoch 1 is written, and a person set lb2's address by hand. */
async function drifted(): Promise<void> {
  await storeJudged(built.house, built.edge);
  await written(1);
  put(lb2Address, 1);
}

test('a person’s hand is adopted or repaired outside of a pause, each under an epoch of its own', async () => {
  await drifted();
  const adopted = await pools().adopt('edge', { reason });
  expect(adopted.promotion).toMatchObject({ kind: 'adoption', cause: 'adopted', epoch: 2, toMemberId: built.edge.lb2 });
  await written(2, lb2Address);
  put(lb2Address, 2);
  expect(await refusal(pools().adopt('edge', { reason }))).toMatchObject({ code: 'record_as_wished' });
  put(lb1Address, 2);
  const repaired = await pools().repair('edge', { reason: 'nobody knows' });
  expect(repaired.promotion).toMatchObject({ kind: 'switchover', cause: 'kept', epoch: 3, toMemberId: built.edge.lb2 });
});

test('a promotion that only waits for its write is not undone: the record still names the dead host', async () => {
  await storeJudged(built.house, built.edge, lost);
  await written(1);
  put(lb1Address, 1);
  await built.house.client.promotions.promote('edge', { to: built.edge.lb2, reason });
  const before = await built.house.stored();
  for (const act of [pools().adopt, pools().repair])
    expect(await refusal(act('edge', { reason }))).toMatchObject({
      code: 'record_being_written',
      details: { epoch: 2, names: [lb] },
    });
  expect(await built.house.stored()).toBe(before);
});

test('a second click before the write makes no second epoch', async () => {
  await drifted();
  expect((await pools().repair('edge', { reason })).promotion).toMatchObject({ epoch: 2 });
  expect(await refusal(pools().repair('edge', { reason }))).toMatchObject({ code: 'record_being_written' });
  expect((await pools().get('edge')).epoch).toBe(2);
});

test.each([
  ['a missing record', () => built.house.zone.put(lb, 'A', [])],
  ['an address of no member', () => put(strange, 1)],
])('%s needs nobody’s word: it is put right without one', async (_what, stand) => {
  await drifted();
  stand();
  expect(await refusal(pools().repair('edge', { reason }))).toMatchObject({ code: 'record_as_wished' });
  expect(await refusal(pools().adopt('edge', { reason }))).toMatchObject({ code: 'record_as_wished' });
});

test('a preview of an adoption says whom it makes active and that clients see no change, and changes nothing', async () => {
  await drifted();
  const before = await built.house.stored();
  const { preview, promotion, pool } = await pools().adopt('edge', { reason, preview: true });
  expect(preview).toMatchObject({
    fromMemberId: built.edge.lb1,
    toMemberId: built.edge.lb2,
    ready: true,
    names: [{ name: lb, from: [lb2Address], to: lb2Address }],
  });
  expect([promotion, pool.epoch]).toEqual([null, 1]);
  expect(await built.house.stored()).toBe(before);
});

const inDrift = () => built.house.database.kysely.updateTable('dns_binding').set({ state: 'drift' }).execute();
const lookAt = async (to: string) =>
  (await built.house.client.promotions.promote('edge', { to, reason, preview: true })).preview;

test.each(['lb2.example.com', 'next'])(
  'the preview of a switchover to %s shows what a name in drift holds',
  async (to) => {
    await drifted();
    expect((await lookAt(to)).names).toMatchObject([{ from: [lb1Address], to: lb2Address }]);
    await inDrift();
    const { names, sentence } = await lookAt(to);
    expect(names).toMatchObject([{ name: lb, from: [lb2Address], to: lb2Address }]);
    expect(sentence).toContain(
      `${lb} is in drift: somebody else changed it, and it holds ${lb2Address}, where we wrote`,
    );
    put(lb1Address, 1);
    expect((await lookAt(to)).sentence).not.toContain('drift');
  },
);

test('a name in drift that cannot be read leaves the preview what we wrote last, and a word of that', async () => {
  await drifted();
  await inDrift();
  const failing = async () => Promise.reject(new AppError('dns_unreachable'));
  Object.assign(built.house.deps.providers, { forCredential: failing });
  const { names, sentence } = await lookAt('lb2.example.com');
  expect(names).toMatchObject([{ from: [lb1Address] }]);
  expect(sentence).toContain(`could not be read: `);
});

test('the preview of a maintenance’s switch shows what a name in drift holds', async () => {
  await drifted();
  await inDrift();
  const wish = { minutes: 10, reason, onActive: 'switch', preview: true } as const;
  const { preview } = await built.house.client.members.maintain('edge', built.edge.lb1, wish);
  expect(preview?.names).toMatchObject([{ name: lb, from: [lb2Address], to: lb2Address }]);
  expect(preview?.sentence).toContain(`${lb} is in drift: somebody else changed it, and it holds ${lb2Address}`);
});

/** Added to a pool while that is paused: left, and nothing of ours was ever written there. */
async function neverWritten(...held: readonly string[]): Promise<void> {
  await storeJudged(built.house, built.edge);
  await inDrift();
  built.house.zone.put(lb, 'A', [...held]);
}

test.each([
  [[], 'no address'],
  [[strange], strange],
])('a name that was never written and holds %j is nobody’s change in a preview', async (held, words) => {
  await neverWritten(...held);
  const { names, sentence } = await lookAt('lb2.example.com');
  expect(names).toMatchObject([{ from: held }]);
  expect(sentence).toContain(`${lb} holds ${words}; nothing was written there yet.`);
  expect(sentence).not.toMatch(/drift|somebody|null/);
});

test('a name that was never written and cannot be read says both in a preview', async () => {
  await neverWritten();
  const failing = async () => Promise.reject(new AppError('dns_unreachable'));
  Object.assign(built.house.deps.providers, { forCredential: failing });
  const { sentence } = await lookAt('lb2.example.com');
  expect(sentence).toContain(`Nothing was written to ${lb} yet, and what it holds could not be read: `);
  expect(sentence).not.toMatch(/drift|null/);
});

test('a name in drift says what it held when that was found, until it is settled', async () => {
  await drifted();
  const { kysely } = built.house.database;
  const { id } = await kysely.selectFrom('dns_binding').select('id').executeTakeFirstOrThrow();
  const tell = (kind: EventKind, sentence: string) =>
    kysely
      .transaction()
      .execute((trx) =>
        writeEvent(trx, { kind, severity: 'info', poolId: built.edge.pool, sentence, details: { bindingId: id } }),
      );
  const drift = async () => (await built.house.client.bindings.list('edge')).bindings[0]?.drift;
  await tell('dns.published', 'The provider acknowledged.');
  await tell('dns.drift', `${lb}: it holds ${lb2Address}.`);
  expect(await drift()).toBeNull();
  await inDrift();
  expect(await drift()).toEqual({ sentence: `${lb}: it holds ${lb2Address}.`, since: expect.any(String) });
  expect((await pools().get('edge')).status.bindings[0]?.drift).not.toBeNull();
  await tell('dns.recovered', 'It holds it again.');
  expect(await drift()).toBeNull();
});

test('a member that was not the one shown is not adopted', async () => {
  await drifted();
  const before = await built.house.stored();
  expect(await refusal(pools().adopt('edge', { reason, expect: built.edge.lb1 }))).toMatchObject({
    code: 'pool_changed',
    details: { member: 'lb2.example.com' },
  });
  expect(await built.house.stored()).toBe(before);
  const { promotion } = await pools().adopt('edge', { reason, expect: 'lb2.example.com' });
  expect(promotion).toMatchObject({ toMemberId: built.edge.lb2 });
});

test('a member that is not ready is adopted only on a yes to that; a preview shows it', async () => {
  await drifted();
  await storeJudged(built.house, built.edge, {}, lost);
  expect(await refusal(pools().adopt('edge', { reason }))).toMatchObject({
    code: 'target_not_ready',
    details: { member: 'lb2.example.com' },
  });
  expect((await pools().adopt('edge', { reason, preview: true })).preview).toMatchObject({ ready: false });
  const { promotion } = await pools().adopt('edge', { reason, confirmNotReady: true });
  expect(promotion).toMatchObject({ toMemberId: built.edge.lb2, epoch: 2 });
});

test('in a pool’s maintenance no adoption acts (R13)', async () => {
  await drifted();
  await pools().maintain('edge', { minutes: 10, reason });
  for (const preview of [true, false])
    expect(await refusal(pools().adopt('edge', { reason, preview }))).toMatchObject({ code: 'pool_in_maintenance' });
  expect((await pools().get('edge')).epoch).toBe(1);
});

test.each([
  ['another control plane’s mark', () => put(lb2Address, 3, 'another'), 'dns_foreign_mark'],
  ['a newer epoch', () => put(lb2Address, 41), 'dns_epoch_superseded'],
])('%s is neither adopted nor repaired without a pause', async (_what, stand, code) => {
  stand();
  const before = await built.house.stored();
  expect(await refusal(pools().adopt('edge', { reason }))).toMatchObject({ code });
  expect(await refusal(pools().repair('edge', { reason }))).toMatchObject({ code });
  expect(await built.house.stored()).toBe(before);
});

test('adopting and repairing send a paused pool to its resumption, and say what is missing', async () => {
  expect(await refusal(pools().repair('other', { reason }))).toMatchObject({ code: 'pool_not_active' });
  await drifted();
  await pools().pause('edge', { reason });
  expect(await refusal(pools().adopt('edge', { reason }))).toMatchObject({ code: 'pool_paused' });
  expect(await refusal(pools().repair('edge', { reason }))).toMatchObject({ code: 'pool_paused' });
});

test('names on several members are told by what they hold, and whose that is', async () => {
  const { bindings } = built.house.client;
  const more = ['w1', 'w2'].map((label) => `${label}.example.com`);
  for (const name of more) await bindings.add('edge', { name, zone: 'example.com', credentialId: 'bind' });
  await drifted();
  for (const name of more) built.house.zone.put(name, 'A', [lb1Address]);
  expect(await refusal(pools().adopt('edge', { preview: true }))).toMatchObject({
    code: 'record_names_no_member',
    details: {
      names: [
        `w1.example.com and 1 more: each holds ${lb1Address} (lb1.example.com)`,
        `${lb} holds ${lb2Address} (lb2.example.com)`,
      ],
    },
  });
});

test('the preview of an adoption needs no reason, and the act does', async () => {
  await drifted();
  expect((await pools().adopt('edge', { preview: true })).preview.toMemberId).toBe(built.edge.lb2);
  expect(await refusal(pools().adopt('edge', {}))).toMatchObject({ code: 'request_invalid' });
});

test('a preview of a repair says whose address is written again, and changes nothing', async () => {
  await drifted();
  const before = await built.house.stored();
  const { preview, promotion } = await pools().repair('edge', { preview: true });
  expect(preview).toEqual({
    fromMemberId: built.edge.lb1,
    toMemberId: built.edge.lb1,
    ready: true,
    sentence: 'lb1.example.com stays active, and the records get its address again.',
    names: [{ name: lb, type: 'A', from: [lb2Address], to: lb1Address, ttlSeconds: expect.any(Number), warnings: [] }],
  });
  expect(promotion).toBeNull();
  expect(await built.house.stored()).toBe(before);
  expect(await refusal(pools().repair('edge', {}))).toMatchObject({ code: 'request_invalid' });
});

test('another member than the one shown is not written again', async () => {
  await drifted();
  const before = await built.house.stored();
  expect(await refusal(pools().repair('edge', { reason, expect: built.edge.lb2 }))).toMatchObject({
    code: 'pool_changed',
    details: { member: 'lb1.example.com' },
  });
  expect(await built.house.stored()).toBe(before);
  expect((await pools().repair('edge', { reason, expect: built.edge.lb1 })).promotion).toMatchObject({ epoch: 2 });
});
