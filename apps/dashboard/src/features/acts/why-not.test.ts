import { expect, test } from 'vitest';
import { me } from '../../lib/testing/me.ts';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { notesOf } from './notes.ts';
import { whyNot } from './why-not.ts';

const since = '2026-11-24T08:20:00.000Z';
const paused = { because: 'person', sentence: 'web-edge was paused by ops: a look', since } as const;

test('an operator of this pool may cut it, one of another pool or a viewer may not', () => {
  expect(whyNot('cut', pool(), me('operator'), null)).toBeNull();
  expect(whyNot('cut', pool(), me('operator', 'pool'), null)).toBeNull();
  expect(whyNot('cut', pool(), me('operator', 'another'), null)).toBe('Operators of this pool may do this.');
  expect(whyNot('cut', pool(), me('viewer'), null)).toMatch(/Operators of this pool/);
  expect(whyNot('brakes', pool(), me('operator'), null)).toBe('Administrators of all pools may do this.');
});

test('without a ready standby the cut says why the first one is not', () => {
  const standby = member('ams', { ready: false, standingSentence: 'Heard 6 s ago, at most 3 s allowed.' });
  const status = { nextInLine: null, members: [member('fra', { role: 'active' }), standby] };
  expect(whyNot('cut', pool({ status }), me('operator'), null)).toBe(
    'No ready standby. ams.example.com: Heard 6 s ago, at most 3 s allowed.',
  );
  expect(whyNot('cut', pool({ status: { nextInLine: null, members: [] } }), me('operator'), null)).toMatch(
    /no other member/,
  );
});

test('an act that has nothing to act on is off with the reason', () => {
  for (const act of ['ack', 'resume', 'adopt', 'repair', 'end-maintenance'] as const)
    expect(whyNot(act, pool(), me('administrator'), null), act).not.toBeNull();
  const drifted = pool({ status: { bindings: [binding({ state: 'drift' })] } });
  expect(whyNot('adopt', drifted, me('operator'), null)).toBeNull();
  expect(whyNot('adopt', { ...drifted, paused }, me('operator'), null)).toMatch(/paused/);
  expect(whyNot('pause', pool({ paused }), me('operator'), null)).toMatch(/already/);
});

test('nothing can be done from a page that is not live, and it says so unless it is not allowed anyway', () => {
  const stale = 'This page is 14 s old; nothing can be changed until it is live.';
  for (const act of ['cut', 'maintenance', 'pause', 'brakes'] as const)
    expect(whyNot(act, pool(), me('administrator'), stale), act).toBe(stale);
  expect(whyNot('cut', pool(), me('viewer'), stale)).toMatch(/Operators of this pool/);
});

test('a pool that does well has no note; what a person decided comes before what was judged', () => {
  expect(notesOf(pool())).toEqual([]);
  const troubled = pool({
    held: true,
    paused,
    maintenance: { until: since, over: false, reason: 'new switch' },
    status: { state: 'no-standby' },
  });
  expect(notesOf(troubled).map(({ key }) => key)).toEqual(['paused', 'maintenance', 'held', 'no-standby']);
});

test('a standby that is down for long has a note that leads to it, unless what the pool is in says more', () => {
  const down = member('ams', { ready: false, health: 'heartbeat-lost', heartbeatAgeMs: 3_600_000 });
  const members = [member('fra', { role: 'active' }), down];
  const [note] = notesOf(pool({ status: { members } }));
  expect(note).toMatchObject({ title: 'ams.example.com cannot take over', ways: [{ page: 'member', member: 'ams' }] });
  expect(notesOf(pool({ status: { members, state: 'no-standby' } })).map(({ key }) => key)).toEqual(['no-standby']);
});

test.each([
  ['drift', ['repair', 'adopt']],
  ['braked', ['brakes']],
  ['blind', []],
] as const)('the note of %s leads to what helps', (state, acts) => {
  const [note] = notesOf(pool({ status: { state } }));
  expect(note?.ways.map(({ act }) => act)).toEqual(acts);
  expect(note?.sentence).toBe('fra.example.com is healthy.');
});
