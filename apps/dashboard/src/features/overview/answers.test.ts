import type { PromotionView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { timesOf } from '../../lib/pool/promotion-words.ts';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { promotion } from '../../lib/testing/promotions.ts';
import { answersOf } from './answers.ts';

const nowMs = Date.parse('2026-11-24T08:20:13.000Z');
const steps = (...given: readonly [PromotionView['steps'][number]['step'], number][]) =>
  given.map(([step, afterMs]) => ({ step, afterMs, name: null, type: null, at: '2026-11-24T08:20:00.000Z' }));
const failover: PromotionView = {
  id: 'promotion',
  poolId: 'pool',
  kind: 'failover',
  cause: 'heartbeat-lost',
  fromMemberId: 'ams',
  toMemberId: 'fra',
  epoch: 2,
  reason: null,
  actor: 'loop',
  sentence: 'ams was silent for 15 s.',
  state: 'done',
  decidedAt: '2026-11-24T08:20:00.000Z',
  steps: steps(
    ['last-heartbeat', -15_113],
    ['detected', 0],
    ['decided', 4],
    ['acknowledged', 181],
    ['all-answered', 1_087],
  ),
};

test('a calm pool answers in four short lines, and none of them is tinted', () => {
  expect(answersOf(pool(), failover, nowMs)).toEqual({
    serving: {
      question: 'Is it serving?',
      shape: 'healthy',
      answer: 'Yes',
      line: 'all 2 name servers give this address',
    },
    from: { question: 'From where?', answer: 'fra.example.com', mono: '192.0.2.11', line: 'for 13 s' },
    ifItFails: {
      question: 'What if it fails?',
      answer: 'ams.example.com takes over',
      line: 'by itself after 15 s of silence, or 1 s after HAProxy stopped, plus 30 s TTL',
    },
    lastChange: {
      question: 'What changed last?',
      answer: 'Failover',
      at: '2026-11-24T08:20:00.000Z',
      line: ', from ams.example.com',
      promotion: 'promotion',
    },
    tinted: null,
  });
});

test('what happens if it fails tells silence and a stopped HAProxy apart, and only silence where none is watched', () => {
  const line = (...given: Parameters<typeof pool>) => answersOf(pool(...given), null, nowMs).ifItFails.line;
  expect(line({ haproxyGraceSeconds: 5 })).toBe(
    'by itself after 15 s of silence, or 5 s after HAProxy stopped, plus 30 s TTL',
  );
  expect(line({ haproxyGraceSeconds: 0 })).toMatch(/, or at once after HAProxy stopped,/);
  const members = [member('fra', { role: 'active', haproxy: null }), member('ams')];
  expect(line({ status: { members } })).toBe('by itself after 15 s of silence, plus 30 s TTL');
});

test.each([
  [
    'lost',
    pool({ status: { members: [member('fra', { role: 'active', health: 'heartbeat-lost' }), member('ams')] } }),
    'Probably not',
    { which: 'serving', tint: 'bad' },
  ],
  [
    'in maintenance, and lost besides',
    pool({
      status: { members: [member('fra', { role: 'active', health: 'maintenance', alsoHealth: ['heartbeat-lost'] })] },
    }),
    'Probably not',
    { which: 'serving', tint: 'bad' },
  ],
  [
    'in maintenance, and well',
    pool({ status: { members: [member('fra', { role: 'active', health: 'maintenance' }), member('ams')] } }),
    'Yes',
    null,
  ],
  [
    'unheard',
    pool({ status: { members: [member('fra', { role: 'active', health: 'unheard' }), member('ams')] } }),
    'Not known',
    null,
  ],
  [
    'one server lags',
    pool({ status: { bindings: [binding({ published: [{ server: 'ns', addresses: [], ok: false, error: null }] })] } }),
    'Partly',
    { which: 'serving', tint: 'look' },
  ],
  ['no server was asked', pool({ status: { bindings: [binding({ published: [] })] } }), 'Not known yet', null],
  [
    'somebody else changed the record',
    pool({ status: { bindings: [binding({ state: 'drift', published: [] })] } }),
    'Not certain',
    { which: 'serving', tint: 'look' },
  ],
  [
    'the provider does not take the record',
    pool({ status: { bindings: [binding(), binding({ id: 'other', state: 'blocked', published: [] })] } }),
    'Not certain',
    { which: 'serving', tint: 'look' },
  ],
  [
    'the provider did not answer',
    pool({ status: { bindings: [binding({ state: 'unknown-outcome', published: [] })] } }),
    'Not known',
    null,
  ],
  [
    'the record is being written',
    pool({ status: { bindings: [binding({ state: 'publishing', published: [] })] } }),
    'Moving',
    null,
  ],
] as const)('%s: what is said of serving, and at most one answer is tinted', (_what, view, answer, tinted) => {
  const answers = answersOf(view, failover, nowMs);
  expect(answers.serving.answer).toBe(answer);
  expect(answers.tinted).toEqual(tinted);
});

test('of a record that stands in the way the server’s sentence is said; that nobody was asked only where that is so', () => {
  const lineOf = (otherwise: Parameters<typeof binding>[0]) =>
    answersOf(pool({ status: { bindings: [binding({ published: [], ...otherwise })] } }), failover, nowMs).serving.line;
  const drift = { sentence: 'It held 198.51.100.7.', since: '2026-11-24T08:20:00.000Z' };
  expect(lineOf({ state: 'drift', drift })).toBe('It held 198.51.100.7.');
  const error = { code: 'x', message: 'The provider refuses the key.', remedy: '' };
  expect(lineOf({ state: 'blocked', error })).toBe('The provider refuses the key.');
  expect(lineOf({ state: 'idle' })).toBe('no name server was asked');
  for (const state of ['drift', 'blocked', 'unknown-outcome', 'publishing', 'verifying', 'published'] as const)
    expect(lineOf({ state })).not.toContain('was asked');
});

test('a new address of the member that is active already is not since when it is active', () => {
  const lineFor = (fromMemberId: string) => answersOf(pool(), { ...failover, fromMemberId }, nowMs).from.line;
  expect(lineFor('ams')).toBe('for 13 s');
  expect(lineFor('fra')).toBe('');
});

test('nobody next, or only by hand: that answer is the tinted one', () => {
  const nobody = answersOf(pool({ status: { nextInLine: null } }), null, nowMs);
  expect(nobody.ifItFails).toMatchObject({
    answer: 'Nobody takes over',
    line: 'ams.example.com: Would be promoted now.',
  });
  expect(nobody.tinted).toEqual({ which: 'ifItFails', tint: 'look' });
  expect(answersOf(pool({ automaticFailover: false }), null, nowMs).ifItFails.line).toBe(
    'only by hand: automatic failover is off',
  );
});

test('while caches hold the old answer: who asks anew is served, the rest within the TTL, and the move is still running', () => {
  const moving = pool({ status: { bindings: [binding({ oldTtlUntil: '2026-11-24T08:20:30.181Z' })] } });
  const { serving, lastChange, tinted } = answersOf(moving, promotion(), nowMs);
  expect(serving).toMatchObject({ answer: 'Yes, again', shape: 'healthy' });
  expect(serving.line).toMatch(/^new clients since \d\d:20:01, the rest within 19 s$/);
  expect(lastChange).toMatchObject({
    answer: 'Failover, still running',
    line: 'ams.example.com → fra.example.com, heartbeat lost',
  });
  expect(tinted).toBeNull();
  expect(answersOf(moving, promotion({ kind: 'switchover' }), nowMs).serving.answer).toBe('Yes');
  expect(answersOf(moving, promotion(), nowMs + 30_000).serving.answer).toBe('Yes');
});

test('of HAProxy’s failure the grace is the detection: it is waited for by setting', () => {
  const given = steps(['detected', 0], ['decided', 4_020], ['acknowledged', 4_100], ['all-answered', 4_200]);
  expect(timesOf({ state: 'done', steps: given })?.parts[0]).toEqual({ part: 'detect', ms: 4_020 });
});

test('while promotions are not read, what changed last is what the pool says of it', () => {
  const { answer, at, line, promotion } = answersOf(pool(), undefined, nowMs).lastChange;
  expect({ answer, at, line, promotion }).toEqual({ answer: 'Switchover', at: '2026-11-24T08:20:00.000Z', line: '' });
  expect(answersOf(pool({ lastPromotion: null }), undefined, nowMs).lastChange.answer).toBe('Nothing yet');
  expect(answersOf(pool(), null, nowMs).lastChange.answer).toBe('Nothing yet');
});

test('a promotion’s time has its parts, to the last answer of the last name', () => {
  expect(timesOf(failover)).toEqual({
    parts: [
      { part: 'detect', ms: 15_113 },
      { part: 'decide', ms: 4 },
      { part: 'publish', ms: 177 },
      { part: 'verify', ms: 906 },
    ],
    allMs: 16_200,
  });
  expect(timesOf({ state: 'done', steps: steps(['decided', 0], ['acknowledged', 90]) })).toBeNull();
});

test('a promotion has no time until each record that it writes is answered everywhere', () => {
  const of = (name: string, step: PromotionView['steps'][number]['step'], afterMs: number) => ({
    ...{ step, name, afterMs, type: 'A' as const },
    at: '2026-11-24T08:20:00.000Z',
  });
  const one = [of('one', 'acknowledged', 90), of('one', 'all-answered', 200)];
  const both = [...steps(['decided', 0]), ...one, of('two', 'acknowledged', 95)];
  for (const state of ['publishing', 'verifying', 'superseded'] as const)
    expect(timesOf({ state, steps: both })).toBeNull();
  const answered = [...both, of('two', 'all-answered', 400)];
  expect(timesOf({ state: 'superseded', steps: answered })?.allMs).toBe(400);
  expect(timesOf({ state: 'publishing', steps: answered })).toBeNull(); // a third is not written
});
