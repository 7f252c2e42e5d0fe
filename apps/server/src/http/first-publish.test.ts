import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse, zoneName } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-first-publish-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  const { client } = house;
  await client.pools.add({ name: 'edge' });
  for (const number of [1, 2]) await client.members.add('edge', memberInput(number));
  const { credential } = await client.credentials.add({ name: 'bind', settings: goodKey });
  await client.bindings.add('edge', { name: 'lb.example.com', zone: zoneName, credentialId: credential.id });
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

const confirm = (change: object = {}) =>
  house.client.firstPublish.confirm('edge', { memberId: 'lb1.example.com', confirmNotReady: true, ...change }).then(
    () => 'confirmed',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const takeOver = async () =>
  (await house.database.kysely.selectFrom('dns_binding').select('take_over').executeTakeFirstOrThrow()).take_over;

test('no record: the first ready member is proposed, and while nobody is ready that is said', async () => {
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({
    kind: 'nobody-ready',
    proposedMemberId: null,
  });
  expect(await confirm({ confirmNotReady: false })).toBe('target_not_ready');
  expect(await confirm()).toBe('confirmed');
  expect(await takeOver()).toBe(false);
  const [promotion] = (await house.client.promotions.list('edge')).promotions;
  const lastPromotion = { kind: 'first-publish', at: promotion?.decidedAt };
  expect(await house.client.pools.get('edge')).toMatchObject({ epoch: 1, lastPromotion });
  expect((await house.client.pools.list()).pools).toMatchObject([{ lastPromotion }]);
});

test('a record that names a member proposes that one; its confirmation adopts the record without a further question', async () => {
  house.zone.put('lb.example.com', 'A', ['198.51.100.12'], 300);
  const preview = await house.client.firstPublish.preview('edge');
  const { members } = await house.client.members.list('edge');
  expect(preview).toMatchObject({
    kind: 'adopt',
    proposedMemberId: members.find((member) => member.hostname === 'lb2.example.com')?.id,
    records: [{ name: 'lb.example.com', addresses: ['198.51.100.12'], mark: null, ttlSeconds: 300, cname: false }],
  });
  expect(await confirm()).toBe('record_names_another_member');
  expect(await confirm({ memberId: 'lb2.example.com' })).toBe('confirmed');
  expect(await takeOver()).toBe(true);
});

test.each([
  [
    'a member’s address',
    '198.51.100.12',
    /pool publish edge lb2\.example\.com\): .* Wait 86400 s before the first switchover\.$/,
  ],
  [
    'no member’s address',
    '203.0.113.9',
    /Lower it at the provider to 60 s first, and wait 86400 s before it is published/,
  ],
])('of a record with a long TTL and %s it is told how long to wait', async (_what, address, words) => {
  house.zone.put('lb.example.com', 'A', [address], 86_400);
  const { records } = await house.client.firstPublish.preview('edge');
  expect(records[0]?.warning).toMatch(words);
});

test('of a record with a short TTL nothing is told', async () => {
  house.zone.put('lb.example.com', 'A', ['198.51.100.12'], 60);
  expect((await house.client.firstPublish.preview('edge')).records).toMatchObject([
    { warning: null, noteSentence: null },
  ]);
});

test('a record with this pool’s own mark that names another member is refused with that member, and moved with takeOver', async () => {
  const { id } = await house.client.pools.get('edge');
  house.zone.put('lb.example.com', 'A', ['198.51.100.12']);
  house.zone.put('_serverctl.lb.example.com', 'TXT', [`v=1 cp=${house.deps.providers.instance} pool=${id} epoch=4`]);
  const refused = house.client.firstPublish.confirm('edge', { memberId: 'lb1.example.com', confirmNotReady: true });
  await expect(refused).rejects.toMatchObject({
    code: 'record_names_another_member',
    details: { member: 'lb2.example.com', address: '198.51.100.12' },
  });
  expect(await confirm({ takeOver: true })).toBe('confirmed');
  expect(await house.client.pools.get('edge')).toMatchObject({ epoch: 5, seenEpoch: 4 });
});

test('a first publish over a mark that another copy of this control plane left is above its epoch (R25)', async () => {
  const { id } = await house.client.pools.get('edge');
  house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
  house.zone.put('_serverctl.lb.example.com', 'TXT', [`v=1 cp=aaaaaaaaaaaa pool=${id} epoch=40`]);
  expect(await confirm({ takeOver: true })).toBe('confirmed');
  expect(await house.client.pools.get('edge')).toMatchObject({ epoch: 41, seenEpoch: 40 });
});

test('a record that holds anything else is shown, and replaced only with takeOver', async () => {
  house.zone.put('lb.example.com', 'A', ['203.0.113.5']);
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({ kind: 'take-over', proposedMemberId: null });
  expect(await confirm()).toBe('record_not_ours');
  expect(await takeOver()).toBe(false);
  expect(await confirm({ takeOver: true })).toBe('confirmed');
  expect(await takeOver()).toBe(true);
});

test('another control plane’s mark is refused without takeOver', async () => {
  house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
  house.zone.put('_serverctl.lb.example.com', 'TXT', ['v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4']);
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({
    kind: 'take-over',
    records: [{ mark: 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4' }],
  });
  expect(await confirm()).toBe('dns_foreign_mark');
});

test('a yes is for the marks that were shown: with another one by then nothing is confirmed (R21)', async () => {
  const [seen, since] = ['aaaaaaaaaaaa', 'cccccccccccc'].map((cp) => `v=1 cp=${cp} pool=bbbbbbbbbbbb epoch=4`);
  const mark = (text: string | undefined) =>
    house.zone.put('_serverctl.lb.example.com', 'TXT', text === undefined ? [] : [text]);
  const shown = async () => {
    const { records } = await house.client.firstPublish.preview('edge');
    return { takeOver: true, expectMarks: records.map((record) => ({ name: record.name, mark: record.mark })) };
  };
  house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
  for (const [before, then] of [
    [undefined, seen],
    [seen, since],
  ]) {
    mark(before);
    const yes = await shown();
    mark(then);
    const stored = await house.stored();
    expect(await confirm(yes)).toBe('pool_changed');
    expect(await confirm({ ...yes, takeOver: false })).toBe('dns_foreign_mark');
    expect(await house.stored()).toBe(stored);
  }
  expect(await confirm(await shown())).toBe('confirmed');
  const { take_over_mark } = await house.database.kysely
    .selectFrom('dns_binding')
    .select('take_over_mark')
    .executeTakeFirstOrThrow();
  expect(take_over_mark).toBe(since);
});

test('the mark of another pool of ours is shown, named, and replaced only with takeOver', async () => {
  const other = `v=1 cp=${house.deps.providers.instance} pool=bbbbbbbbbbbb epoch=4`;
  house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
  house.zone.put('_serverctl.lb.example.com', 'TXT', [other]);
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({
    kind: 'take-over',
    sentence: expect.stringContaining('bbbbbbbbbbbb'),
    records: [{ mark: other }],
  });
  expect(await confirm()).toBe('record_not_ours');
  expect(await confirm({ takeOver: true })).toBe('confirmed');
  expect(await takeOver()).toBe(true);
});

test('the audit row names the names that were taken over, what they held and the marks replaced', async () => {
  const mark = 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4';
  house.zone.put('lb.example.com', 'A', ['203.0.113.5']);
  house.zone.put('_serverctl.lb.example.com', 'TXT', [mark]);
  expect(await confirm({ takeOver: true })).toBe('confirmed');
  const audit = await house.database.kysely
    .selectFrom('audit_entry')
    .select(['actor', 'details'])
    .where('action', '=', 'promotion.first-publish')
    .execute();
  const names = [{ name: 'lb.example.com', takeOver: true, held: ['203.0.113.5'], mark }];
  expect(audit).toMatchObject([{ actor: 'host', details: { address: '198.51.100.11', names } }]);
});

test('a first publish that fails leaves no yes behind', async () => {
  house.zone.put('lb.example.com', 'A', ['203.0.113.5']);
  const before = await house.stored();
  await sql`ALTER TABLE promotion ADD CONSTRAINT nothing_more CHECK (false) NOT VALID`.execute(house.database.kysely);
  expect(await confirm({ takeOver: true })).toBe('internal');
  expect(await takeOver()).toBe(false);
  expect(await house.stored()).toBe(before);
});

test('a CNAME cannot be taken over', async () => {
  house.zone.put('lb.example.com', 'CNAME', ['elsewhere.example.net']);
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({ kind: 'impossible' });
  expect(await confirm({ takeOver: true })).toBe('dns_cname_in_the_way');
});

test('a member without an address cannot be published, confirmed or not', async () => {
  await house.client.members.set('edge', 'lb1.example.com', { publicIpv4: null });
  expect(await confirm({ takeOver: true })).toBe('target_has_no_address');
  expect(await house.client.pools.get('edge')).toMatchObject({ epoch: 0, activeMemberId: null });
});

test('a preview writes nothing', async () => {
  const before = await house.stored();
  await house.client.firstPublish.preview('edge');
  expect(await house.stored()).toBe(before);
});

test('each record that a yes would take over says so, and each gets its TTL', async () => {
  const { credentials } = await house.client.credentials.list();
  for (const name of ['a.example.com', 'b.example.com'])
    await house.client.bindings.add('edge', { name, zone: zoneName, credentialId: credentials[0]?.id ?? '' });
  house.zone.put('lb.example.com', 'A', ['203.0.113.5'], 300);
  house.zone.put('b.example.com', 'A', ['203.0.113.6'], 60);
  expect((await house.client.firstPublish.preview('edge')).records).toMatchObject([
    { notOurs: 'lb.example.com holds 203.0.113.5, which is no member’s address.', ttlSeconds: 300, newTtlSeconds: 60 },
    { name: 'a.example.com', notOurs: null },
    { notOurs: 'b.example.com holds 203.0.113.6, which is no member’s address.' },
  ]);
});
