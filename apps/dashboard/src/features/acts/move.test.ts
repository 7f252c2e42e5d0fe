import type { PromotePreview, PromotionView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { fingerprintOf, linesOf, marked, measuredMoves, medianOf, moveOf } from './move.ts';

const at = '2026-11-24T08:20:00.000Z';
const preview: PromotePreview = {
  fromMemberId: 'fra',
  toMemberId: 'ams',
  ready: true,
  sentence: 'Make ams.example.com active. Would be promoted now: healthy for 12 s.',
  names: [{ name: 'lb.example.com', type: 'A', from: ['192.0.2.11'], to: '192.0.2.12', ttlSeconds: 30, warnings: [] }],
};
const two = pool({
  status: {
    members: [
      member('fra', { role: 'active', ready: false, place: null, address: '192.0.2.11' }),
      member('ams', { address: '192.0.2.12' }),
    ],
  },
});
const move = (otherwise: Partial<Parameters<typeof moveOf>[0]> = {}) =>
  moveOf({ pool: two, preview, promotions: [], sessions: 1_842, ...otherwise });
const cost = (key: string, otherwise: Partial<Parameters<typeof moveOf>[0]> = {}) =>
  move(otherwise).costs.find((line) => line.key === key);

const step = (name: PromotionView['steps'][number]['step'], afterMs: number) => ({
  step: name,
  name: null,
  type: null,
  at,
  afterMs,
});
const promotion = (steps: PromotionView['steps']): PromotionView => ({
  id: 'p',
  poolId: 'pool',
  kind: 'failover',
  cause: 'heartbeat-lost',
  fromMemberId: 'fra',
  toMemberId: 'ams',
  epoch: 2,
  reason: null,
  actor: 'loop',
  sentence: 'moved',
  state: 'done',
  decidedAt: at,
  steps,
});

test('each record is shown with whose address it is and will be', () => {
  expect(move().changes).toEqual([
    { sign: '-', text: 'lb.example.com  30  A  192.0.2.11', note: 'fra.example.com' },
    { sign: '+', text: 'lb.example.com  30  A  192.0.2.12', note: 'ams.example.com' },
  ]);
});

test('a record that goes, one that stays, and an address that is nobody’s are said to be so', () => {
  const [name] = preview.names;
  if (name === undefined) throw new Error('no name');
  const names = [
    { ...name, type: 'AAAA' as const, from: ['2001:db8::9'], to: null },
    { ...name, from: ['192.0.2.12'] },
  ];
  expect(move({ preview: { ...preview, names } }).changes).toEqual([
    { sign: '-', text: 'lb.example.com  30  AAAA  2001:db8::9', note: 'no member of this pool' },
    { sign: '+', text: 'lb.example.com  no AAAA record' },
    { sign: ' ', text: 'lb.example.com  30  A  192.0.2.12', note: 'ams.example.com' },
  ]);
});

test('seconds are the median of what was measured from the decision on, plus the TTL; nothing is made up without one', () => {
  const measured = [4_000, 1_200, 9_000].map((ms) =>
    promotion([step('detected', 0), step('decided', 200), step('all-answered', 200 + ms)]),
  );
  expect(measuredMoves([...measured, promotion([step('decided', 0)])])).toEqual([4_000, 1_200, 9_000]);
  expect(cost('seconds', { promotions: measured })).toMatchObject({ value: '4.0 s, plus 30 s' });
  expect(cost('seconds')).toMatchObject({ shape: 'unknown', value: '30 s' });
  expect(medianOf([1, 2, 3, 10])).toBe(2.5);
  expect(medianOf([])).toBeNull();
});

test('sessions that nobody counted are not counted', () => {
  expect(cost('sessions')).toMatchObject({ value: '1,842 sessions' });
  expect(cost('sessions', { sessions: null })).toMatchObject({ shape: 'unknown' });
});

test('where the active member stays active no session ends', () => {
  expect(cost('sessions', { preview: { ...preview, toMemberId: 'fra' } })).toMatchObject({
    text: 'fra.example.com stays active: no session of it ends.',
  });
});

test('who stands by afterwards is those that are ready, and the one that was active while it is well', () => {
  expect(cost('afterwards')?.text).toBe(
    'Afterwards only fra.example.com, once it counts as a ready standby, stands by.',
  );
  const third = pool({ status: { members: [...two.status.members, member('waw')] } });
  expect(cost('afterwards', { pool: third })?.text).toMatch(/^Afterwards waw\.example\.com stands by; also fra/);
  const lost = two.status.members.map((one) =>
    one.id === 'fra' ? { ...one, health: 'heartbeat-lost' as const } : one,
  );
  const alone = pool({ status: { members: lost } });
  expect(cost('afterwards', { pool: alone })).toMatchObject({
    shape: 'needs-you',
    text: expect.stringMatching(/nobody/),
  });
});

test('an age that counts is no change under the person; another readiness is, and is marked', () => {
  const lines = linesOf(move());
  const later = { ...preview, sentence: preview.sentence.replace('12 s', '14 s') };
  expect(linesOf(move({ preview: later }))).toEqual(lines);
  const unready = move({ preview: { ...preview, ready: false, sentence: 'Make ams.example.com active although …' } });
  const fresh = new Set(linesOf(unready).filter((line) => !lines.includes(line)));
  expect(
    marked(unready, fresh)
      .costs.filter(({ isNew }) => isNew)
      .map(({ key }) => key),
  ).toEqual(['ready']);
});

test('the preview is asked again when a member’s health is another, and not for an age', () => {
  const [fra, ams] = two.status.members;
  if (fra === undefined || ams === undefined) throw new Error('no members');
  const older = pool({ status: { members: [{ ...fra, heartbeatAgeMs: 900 }, ams] } });
  expect(fingerprintOf(older)).toBe(fingerprintOf(two));
  const unwell = pool({ status: { members: [fra, { ...ams, health: 'haproxy-inactive', ready: false }] } });
  expect(fingerprintOf(unwell)).not.toBe(fingerprintOf(two));
});
