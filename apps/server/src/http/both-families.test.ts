import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BindingId, isAppError } from '@serverctl/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse, zoneName } from './testing/operator-house.ts';

const name = `lb.${zoneName}`;
const [six1, six2] = ['2001:db8::11', '2001:db8::12'];
let directory: string;
let house: OperatorHouse;
let credentialId: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-both-families-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  const { client } = house;
  await client.pools.add({ name: 'edge' });
  await client.members.add('edge', { ...memberInput(1), publicIpv6: six1 });
  await client.members.add('edge', memberInput(2));
  credentialId = (await client.credentials.add({ name: 'bind', settings: goodKey })).credential.id;
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

const bind = (families: 'ipv4' | 'ipv6' | 'both' = 'both') =>
  house.client.bindings.add('edge', { name, zone: zoneName, credentialId, families });
const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const publish = (member = 'lb1.example.com', change: object = {}) =>
  house.client.firstPublish.confirm('edge', { memberId: member, confirmNotReady: true, ...change });
const promote = (to: string, preview = false) =>
  house.client.promotions.promote('edge', { to, reason: 'kernel', confirmNotReady: true, preview });
const setMember = (member: string, patch: object) => house.client.members.set('edge', member, patch);
/** What each record of the name shall hold, A first. */
async function desired() {
  const rows = await house.database.kysely.selectFrom('dns_binding').select('id').orderBy('type').execute();
  const wishes = await Promise.all(rows.map(({ id }) => house.store.desired(id as BindingId)));
  return wishes.map((wish) => (wish === null ? 'nothing' : wish.address));
}

test('a first publish gives both records their address, and the views say so', async () => {
  await bind();
  expect((await house.client.firstPublish.preview('edge')).records).toMatchObject([
    { name, type: 'A', addresses: [] },
    { name, type: 'AAAA', addresses: [] },
  ]);
  const { preview, promotion } = await publish();
  expect(preview.names).toMatchObject([
    { name, type: 'A', to: '198.51.100.11' },
    { name, type: 'AAAA', to: six1 },
  ]);
  expect(promotion?.steps.every(({ name: of, type }) => of === null && type === null)).toBe(true);
  expect(await desired()).toEqual(['198.51.100.11', six1]);
  const { status, ipv6 } = await house.client.pools.get('edge');
  expect(ipv6).toBe('drop');
  expect(status.bindings).toMatchObject([
    { type: 'A', desiredAddress: '198.51.100.11' },
    { type: 'AAAA', desiredAddress: six1 },
  ]);
  expect(status.members).toMatchObject([
    { address: '198.51.100.11', address6: six1 },
    { address: '198.51.100.12', address6: null },
  ]);
});

test('with `drop` a switchover to a member without IPv6 says that the AAAA goes, and withdraws it (R20)', async () => {
  await bind();
  await publish();
  const { preview } = await promote('lb2.example.com', true);
  expect(preview.sentence).toContain('lb2 has no IPv6 address: its AAAA goes.');
  expect(preview.names).toMatchObject([
    { type: 'A', to: '198.51.100.12' },
    { type: 'AAAA', to: null },
  ]);
  await acknowledged();
  await promote('lb2.example.com');
  expect(await desired()).toEqual(['198.51.100.12', null]);
  const { members } = await house.client.members.list('edge');
  const warnings = members.map((member) => member.warnings.join());
  expect(warnings).toEqual(['', expect.stringContaining('were it active, the AAAA records of the pool would go')]);
});

test('with `drop` a first publish of a member without IPv6 is told as it is kept: in the past', async () => {
  await bind();
  const { preview } = await publish('lb2.example.com');
  expect(preview.sentence).toContain('became active');
  expect(preview.sentence).toContain(' lb2 had no IPv6 address: its AAAA went.');
});

test('with `require` the same is refused, by a person and at a first publish, and the member says why', async () => {
  await bind();
  await house.client.pools.set('edge', { ipv6: 'require' });
  expect(await codeOf(publish('lb2.example.com'))).toBe('target_has_no_aaaa');
  await publish();
  expect(await codeOf(promote('lb2.example.com'))).toBe('target_has_no_aaaa');
  expect((await house.client.members.get('edge', 'lb2.example.com')).warnings.join()).toContain(
    'no public IPv6 address yet, which the pool’s names need',
  );
  await setMember('lb2.example.com', { publicIpv6: '2001:DB8:0::12' });
  expect((await house.client.members.get('edge', 'lb2.example.com')).publicIpv6).toBe(six2);
  await promote('lb2.example.com');
  expect(await desired()).toEqual(['198.51.100.12', six2]);
});

test('the setting is kept with an audit entry and told; another word is refused', async () => {
  const { ipv6 } = await house.client.pools.set('edge', { ipv6: 'require' });
  expect(ipv6).toBe('require');
  expect((await house.told()).at(-1)).toMatchObject({
    kind: 'pool.changed',
    sentence: expect.stringContaining('it is no candidate'),
  });
  expect((await house.ask('PATCH', '/api/v1/pools/edge', { ipv6: 'keep' })).status).toBe(422);
});

test('AAAA-only names take a member without IPv4, and no other', async () => {
  await setMember('lb1.example.com', { publicIpv4: null });
  await bind('ipv6');
  expect(await codeOf(publish('lb2.example.com'))).toBe('target_has_no_aaaa');
  const { preview } = await publish();
  expect(preview.names).toMatchObject([{ type: 'AAAA', to: six1 }]);
  expect(await desired()).toEqual([six1]);
  expect((await house.client.members.get('edge', 'lb1.example.com')).warnings).toEqual([]);
});

test('an address of another member is refused, and one that no record may hold', async () => {
  expect(await codeOf(setMember('lb2.example.com', { publicIpv6: six1 }))).toBe('member_address_taken');
  for (const publicIpv6 of ['fe80::1', '198.51.100.12', '::ffff:198.51.100.12', 'x'])
    expect(await codeOf(setMember('lb2.example.com', { publicIpv6 }))).toBe('public_address_invalid');
  const taken = { ...memberInput(3), publicIpv6: six1 };
  expect(await codeOf(house.client.members.add('edge', taken))).toBe('member_address_taken');
});

test('a new IPv6 address of the active member moves its AAAA with a yes alone; without an AAAA it is just stored (R16)', async () => {
  const other = '2001:db8::99';
  await bind('ipv4');
  await publish();
  await setMember('lb1.example.com', { publicIpv6: other });
  expect((await house.client.pools.get('edge')).epoch).toBe(1);
  await setMember('lb1.example.com', { publicIpv6: six1 });
  await bind('ipv6');
  const asked = setMember('lb1.example.com', { publicIpv6: other });
  await expect(asked).rejects.toMatchObject({
    code: 'member_address_would_move',
    details: { from: six1, to: other, names: [name] },
  });
  await setMember('lb1.example.com', { publicIpv6: other, confirmMove: true });
  expect(await desired()).toEqual(['198.51.100.11', other]);
  expect((await house.client.promotions.list('edge')).promotions[0]).toMatchObject({
    epoch: 2,
    cause: 're-addressed',
    sentence: `lb1.example.com stays active and has a new public IPv6 address: ${other} instead of ${six1}.`,
  });
  await setMember('lb1.example.com', { publicIpv4: '198.51.100.50', publicIpv6: six1, confirmMove: true });
  expect((await house.client.promotions.list('edge')).promotions[0]?.sentence).toBe(
    `lb1.example.com stays active and has a new public IPv4 address: 198.51.100.50 instead of 198.51.100.11, and a new public IPv6 address: ${six1} instead of ${other}.`,
  );
});

test('its IPv6 address may be cleared where the pool drops the AAAA, and not where it requires one', async () => {
  await bind();
  await publish();
  await house.client.pools.set('edge', { ipv6: 'require' });
  expect(await codeOf(setMember('lb1.example.com', { publicIpv6: null, confirmMove: true }))).toBe(
    'target_has_no_aaaa',
  );
  await house.client.pools.set('edge', { ipv6: 'drop' });
  expect(await codeOf(setMember('lb1.example.com', { publicIpv6: null }))).toBe('member_address_would_move');
  await acknowledged();
  await setMember('lb1.example.com', { publicIpv6: null, confirmMove: true });
  expect(await desired()).toEqual(['198.51.100.11', null]);
});

test('an AAAA that is no member’s is shown at the first publish and needs the yes, though the mark there is ours', async () => {
  await bind();
  const { id } = await house.client.pools.get('edge');
  house.zone.put(name, 'A', ['198.51.100.11']);
  house.zone.put(name, 'AAAA', ['2001:db8::bad']);
  house.zone.put(`_serverctl.${name}`, 'TXT', [`v=1 cp=${house.deps.providers.instance} pool=${id} epoch=1`]);
  expect(await house.client.firstPublish.preview('edge')).toMatchObject({ kind: 'take-over' });
  expect(await codeOf(publish())).toBe('record_not_ours');
  expect(await codeOf(publish('lb1.example.com', { takeOver: true }))).toBe('done');
});

test('an AAAA of another member than the A’s is shown as a conflict, and the A decides with a yes', async () => {
  await bind();
  await setMember('lb2.example.com', { publicIpv6: six2 });
  house.zone.put(name, 'A', ['198.51.100.11']);
  house.zone.put(name, 'AAAA', [six2]);
  const preview = await house.client.firstPublish.preview('edge');
  const { members } = await house.client.members.list('edge');
  const lb1 = members.find(({ hostname }) => hostname === 'lb1.example.com')?.id;
  expect(preview).toMatchObject({ kind: 'take-over', proposedMemberId: lb1 });
  expect(preview.sentence).toContain(`The AAAA of ${name} is that of lb2.example.com.`);
  await publish('lb1.example.com', { takeOver: true });
  expect(await desired()).toEqual(['198.51.100.11', six1]);
});

/** As if the publisher had written both records under epoch 1, and a person’s hand changed them then. */
async function changedByHand(a: string, aaaa: string | null): Promise<void> {
  await bind();
  await setMember('lb2.example.com', { publicIpv6: six2 });
  await publish();
  const { kysely } = house.database;
  for (const [type, address] of [
    ['A', '198.51.100.11'],
    ['AAAA', six1],
  ] as const)
    await kysely
      .updateTable('dns_binding')
      .set({ published_epoch: 1, published_address: address, state: 'drift' })
      .where('type', '=', type)
      .execute();
  house.zone.put(name, 'A', [a]);
  if (aaaa !== null) house.zone.put(name, 'AAAA', [aaaa]);
}

test('records that a hand moved to one member are adopted with both addresses (R21)', async () => {
  await changedByHand('198.51.100.12', six2);
  const { preview } = await house.client.pools.adopt('edge', { reason: 'moved by hand', confirmNotReady: true });
  expect(preview.names).toMatchObject([
    { type: 'A', from: ['198.51.100.12'], to: '198.51.100.12' },
    { type: 'AAAA', from: [six2], to: six2 },
  ]);
  expect(await desired()).toEqual(['198.51.100.12', six2]);
});

test('an A at one member and an AAAA at another name no member; kept, both get the active one’s address again', async () => {
  await changedByHand('198.51.100.12', six1);
  const adopted = house.client.pools.adopt('edge', { reason: 'moved by hand', confirmNotReady: true });
  expect(await codeOf(adopted)).toBe('record_names_no_member');
  await house.client.pools.repair('edge', { reason: 'a mistake' });
  expect(await desired()).toEqual(['198.51.100.11', six1]);
  expect((await house.client.pools.get('edge')).epoch).toBe(2);
});

test('a mark is shown for each record: a yes for one is none for the other (R21)', async () => {
  await bind();
  const mark = 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4';
  house.zone.put(`_serverctl.${name}`, 'TXT', [mark]);
  const yes = (expectMarks: readonly object[]) => publish('lb1.example.com', { takeOver: true, expectMarks });
  expect(await codeOf(yes([{ name, type: 'A', mark }]))).toBe('pool_changed');
  expect(await codeOf(yes([{ name, mark }]))).toBe('done');
});

const reported = (address: object, hostname = 'lb2.example.com') =>
  house.database.kysely.updateTable('member').set(address).where('hostname', '=', hostname).execute();
const acknowledged = () =>
  house.database.kysely.updateTable('dns_binding').set({ published_epoch: 1 }).where('type', '=', 'A').execute();
const epoch = async () => (await house.client.pools.get('edge')).epoch;

test('the first AAAA of a pool brings the address that the active member’s agent reported since (R16)', async () => {
  await bind('ipv4');
  await publish('lb2.example.com');
  await reported({ reported_ipv6: six2 });
  await bind('ipv6');
  expect([await desired(), await epoch()]).toEqual([['198.51.100.12', six2], 2]);
});

test('the first AAAA never brings an address that is no member’s any more (I3, R20)', async () => {
  await bind('ipv4');
  await publish();
  await acknowledged();
  await setMember('lb1.example.com', { publicIpv6: null });
  await setMember('lb2.example.com', { publicIpv6: six1 });
  await bind('ipv6');
  expect([await desired(), await epoch()]).toEqual([['198.51.100.11', null], 2]);
});

test('with an address in use, a joining record moves nothing: that needs a yes of its own (R21)', async () => {
  await bind('ipv4');
  await publish('lb2.example.com');
  await reported({ reported_ipv6: six2, public_ipv4: '203.0.113.7' });
  await expect(bind('ipv6')).rejects.toMatchObject({
    code: 'member_address_would_move',
    details: { from: '198.51.100.12', to: '203.0.113.7', names: [name] },
  });
  expect([await desired(), await epoch()]).toEqual([['198.51.100.12'], 1]);
});

test('an A that is the first of its family brings its address, and is refused where the active member has none', async () => {
  await bind('ipv6');
  await publish();
  await setMember('lb1.example.com', { publicIpv4: '203.0.113.50' });
  expect(await epoch()).toBe(1);
  await bind('ipv4');
  expect([await desired(), await epoch()]).toEqual([['203.0.113.50', six1], 2]);
});
