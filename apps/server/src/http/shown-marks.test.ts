import { expect, test } from 'vitest';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

/* A yes to what stands beside a record is for the marks that the person was shown (R21). */

const built = housePerTest('shown-marks');
const reason = 'the old plane is off';
const pools = () => built.house.client.pools;
const [lb, www] = ['lb.example.com', 'www.example.com'];
const markOf = (instance: string) => `v=1 cp=${instance} pool=bbbbbbbbbbbb epoch=4`;
const [seen, since] = [markOf('aaaaaaaaaaaa'), markOf('cccccccccccc')];

function put(name: string, mark: string | null): void {
  const { zone } = built.house;
  zone.put(name, 'A', ['203.0.113.9']);
  zone.put(`_serverctl.${name}`, 'TXT', mark === null ? [] : [mark]);
}

const stored = async () => {
  const bindings = built.house.database.kysely.selectFrom('dns_binding');
  const rows = await bindings.select(['name', 'take_over_mark']).where('take_over', '=', true).execute();
  return rows.map((row) => [row.name, row.take_over_mark]);
};

test('the preview of a resumption shows each record, its mark and what is claimed, and changes nothing', async () => {
  await pools().pause('edge', { reason });
  put(lb, seen);
  const before = await built.house.stored();
  const { pool, promotion, records } = await pools().resume('edge', { reason, preview: true });
  expect([pool.paused, promotion]).toEqual([expect.objectContaining({ because: 'person' }), null]);
  const disputed = `lb.example.com holds 203.0.113.9 under a mark that is not this pool’s: ${seen}`;
  expect(records).toEqual([{ name: lb, type: 'A', addresses: ['203.0.113.9'], mark: seen, disputed }]);
  expect(await built.house.stored()).toBe(before);
});

test.each(['keep', 'adopt'] as const)(
  'to %s at the end of a pause is refused when another mark than the one shown stands there by then',
  async (record) => {
    await storeJudged(built.house, built.edge);
    await pools().pause('edge', { reason });
    put(lb, seen);
    const { records } = await pools().resume('edge', { reason, preview: true });
    const expectMarks = records.map(({ name, mark }) => ({ name, mark }));
    put(lb, since);
    const before = await built.house.stored();
    expect(await refusal(pools().resume('edge', { reason, record, expectMarks }))).toMatchObject({
      code: 'pool_changed',
      details: { name: lb, mark: since },
    });
    expect(await built.house.stored()).toBe(before);
  },
);

test('another member than the one shown is not adopted at the end of a pause, though its mark is the same', async () => {
  const { zone } = built.house;
  await storeJudged(built.house, built.edge);
  await pools().pause('edge', { reason });
  put(lb, seen);
  zone.put(lb, 'A', ['198.51.100.11']);
  const shown = await pools().resume('edge', { reason, preview: true });
  expect(shown.named).toBe(built.edge.lb1);
  const expectMarks = shown.records.map(({ name, mark }) => ({ name, mark }));
  zone.put(lb, 'A', ['198.51.100.12']);
  const before = await built.house.stored();
  const adopt = { reason, record: 'adopt', expectMarks, confirmNotReady: true } as const;
  expect(await refusal(pools().resume('edge', { ...adopt, expect: built.edge.lb1 }))).toMatchObject({
    code: 'pool_changed',
    details: { member: 'lb2.example.com' },
  });
  expect(await built.house.stored()).toBe(before);
  const { promotion } = await pools().resume('edge', { ...adopt, expect: built.edge.lb2 });
  expect(promotion).toMatchObject({ cause: 'adopted', toMemberId: built.edge.lb2 });
});

test('the address of another member than the one shown is not written over the records', async () => {
  await pools().pause('edge', { reason });
  put(lb, seen);
  const before = await built.house.stored();
  const keep = { reason, record: 'keep' } as const;
  expect(await refusal(pools().resume('edge', { ...keep, expect: built.edge.lb2 }))).toMatchObject({
    code: 'pool_changed',
    details: { member: 'lb1.example.com' },
  });
  expect(await built.house.stored()).toBe(before);
});

test('what was shown and still stands there is kept over, and so is what is read when nobody says what was shown', async () => {
  await storeJudged(built.house, built.edge);
  for (const expectMarks of [[{ name: lb, mark: seen }], undefined]) {
    await pools().pause('edge', { reason });
    put(lb, seen);
    const { promotion } = await pools().resume('edge', {
      reason,
      record: 'keep',
      ...(expectMarks === undefined ? {} : { expectMarks }),
    });
    expect(promotion).toMatchObject({ cause: 'kept' });
    expect(await stored()).toEqual([[lb, seen]]);
  }
});

test('a name whose mark nobody was shown is not kept over', async () => {
  await pools().pause('edge', { reason });
  put(lb, seen);
  const asked = pools().resume('edge', { reason, record: 'keep', expectMarks: [{ name: www, mark: seen }] });
  expect(await refusal(asked)).toMatchObject({ code: 'pool_changed', details: { name: lb, mark: seen } });
});

const add = (wish: object) =>
  built.house.client.bindings.add('edge', { name: www, zone: 'example.com', credentialId: 'bind', ...wish });

test('a new name of a pool with an active member is refused with the mark that stands there', async () => {
  put(www, seen);
  expect(await refusal(add({}))).toMatchObject({
    code: 'dns_foreign_mark',
    details: { addresses: ['203.0.113.9'], mark: seen },
  });
  put(www, null);
  expect(await refusal(add({}))).toMatchObject({ code: 'record_not_ours', details: { mark: null } });
});

test.each([
  ['the one that was shown', seen, seen],
  ['none where none was shown', null, null],
  ['none where one was shown', seen, null],
  ['any, when nobody says what was shown', undefined, since],
])('a new name is taken over while its mark is %s', async (_what, expectMark, stands) => {
  put(www, stands);
  await add({ takeOver: true, ...(expectMark === undefined ? {} : { expectMark }) });
  expect(await stored()).toEqual([[www, stands]]);
});

test.each([
  ['another', seen],
  ['one where none was shown', null],
])('a new name is not taken over from a mark that is %s', async (_what, expectMark) => {
  put(www, since);
  const before = await built.house.stored();
  expect(await refusal(add({ takeOver: true, expectMark }))).toMatchObject({
    code: 'pool_changed',
    details: { name: www, mark: since },
  });
  expect(await built.house.stored()).toBe(before);
});
