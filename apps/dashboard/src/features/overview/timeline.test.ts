import type { BindingStatus, PromotionView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { promotion, stepsAt } from '../../lib/testing/promotions.ts';
import type { LeftBehind } from './left-behind.ts';
import { timelineOf } from './timeline.ts';

const now = { pageMs: 100_000, serverMs: Date.parse('2026-11-24T08:20:14.087Z') };
const draining: LeftBehind = {
  member: member('ams'),
  sessions: { kind: 'left', count: 611 },
  cachedUntilMs: null,
  isUnwritten: false,
};
const oldTtlUntil = '2026-11-24T08:20:30.181Z';

interface Given {
  readonly move?: Partial<PromotionView>;
  readonly left?: LeftBehind | null;
  readonly record?: Partial<BindingStatus>;
  readonly serverMs?: number;
}

function seen({ move = {}, left = draining, record = {}, serverMs = now.serverMs }: Given = {}) {
  const view = pool({ status: { bindings: [binding({ oldTtlUntil, ...record })] } });
  const until = left === null ? null : { ...left, cachedUntilMs: Date.parse('2026-11-24T08:20:31.087Z') };
  const { steps, ...told } = timelineOf(view, promotion(move), until, { ...now, serverMs });
  return {
    ...told,
    steps: steps.map(({ title, state, value, detail }) => `${title} · ${state} · ${value} · ${detail}`),
  };
}

test('a failover in its last steps: everything measured, the TTL counted down, the sessions that are left', () => {
  const { title, hint, steps, isOver } = seen();
  expect(title).toBe('Failover to fra.example.com is in its last step');
  expect(hint).toBe('it began 29 s ago, when ams.example.com went silent');
  expect(isOver).toBe(false);
  expect(steps).toEqual([
    expect.stringMatching(/^Last heartbeat · done · \d\d:19:44\.887 · ams\.example\.com went silent$/),
    'Detected · done · + 15.1 s · silence proven',
    'Decided · done · + 4 ms · epoch 1',
    'Provider acknowledged · done · + 177 ms · 1 record written',
    'Name servers answer · done · + 906 ms · 2 of 2 give the new address',
    'Old TTL runs out · running · 17 s left · 13 of 30 s gone',
    'Old sessions gone · running · 611 sessions left · on ams.example.com',
  ]);
});

test('it is over when the TTL has run out and the sessions are gone, or nobody can know of them, which is said', () => {
  const serverMs = Date.parse('2026-11-24T08:20:40.000Z');
  expect(seen({ serverMs }).isOver).toBe(false);
  const gone = seen({ serverMs, left: { ...draining, sessions: { kind: 'gone', because: 'none' } } });
  expect(gone).toMatchObject({ isOver: true, title: 'Failover to fra.example.com is done' });
  const last = { count: 611, readAtMs: 66_000 };
  const silent = seen({ serverMs, left: { ...draining, sessions: { kind: 'unknown', last } } });
  expect(silent.isOver).toBe(true);
  expect(silent.steps.at(-1)).toBe('Old sessions gone · unknown · Not known · 611 sessions as of 34 s ago');
});

const undone = { steps: stepsAt(['detected', 0], ['decided', 4]), state: 'publishing' } as const;

test.each([
  [
    'blocked',
    { state: 'blocked', error: { code: 'x', message: 'The provider refuses the key.', remedy: '' } },
    'is blocked',
    'Provider acknowledged · failed · Blocked · The provider refuses the key.',
  ],
  [
    'unknown',
    { state: 'unknown-outcome' },
    'is not known yet',
    'Provider acknowledged · unknown · Not known yet · the provider did not answer; read before any retry',
  ],
  ['asked', { state: 'publishing' }, 'is running', 'Provider acknowledged · running · 0 of 1 record · asked for 14 s'],
] as const)(
  'a write that is %s is drawn as such, and nothing after it is done',
  (_what, record, title, acknowledged) => {
    const told = seen({ move: undone, record: { publishedEpoch: 0, ...record } });
    expect(told.title).toBe(`Failover to fra.example.com ${title}`);
    expect(told.steps).toContain(acknowledged);
    expect(told.steps.slice(-3).every((step) => step.includes(' · next · '))).toBe(true);
    expect(told.isOver).toBe(false);
  },
);

test('a name server that lags is named', () => {
  const [right, wrong] = binding().published;
  const published = [right, { ...wrong, ok: false }] as BindingStatus['published'];
  const steps = stepsAt(['decided', 4], ['acknowledged', 181], ['answered', 393]);
  const told = seen({ move: { steps, state: 'verifying' }, record: { state: 'partial', published } });
  expect(told.steps).toContain('Name servers answer · running · 1 of 2 · ns2.example.com does not yet');
});

test('a first publish has no trouble before it, and nobody’s sessions to wait for', () => {
  const steps = stepsAt(['decided', 0], ['acknowledged', 90], ['all-answered', 200]);
  const move = {
    kind: 'first-publish',
    cause: 'first-publish',
    fromMemberId: null,
    actor: 'user:ops@example.com',
    steps,
  } as const;
  const told = seen({ move, left: null, record: { oldTtlUntil: null } });
  expect(told.steps).toHaveLength(5);
  expect(told.steps[0]).toMatch(/^Decided · done · .* · by ops@example\.com, epoch 1$/);
  expect(told.steps.slice(-2)).toEqual([
    'Old TTL runs out · skipped · Not needed · no cache holds another answer',
    'Old sessions gone · skipped · Not needed · nobody was active before',
  ]);
  expect(told.isOver).toBe(true);
});

test('a promotion of a pool without records waits for none, and is over', () => {
  const view = pool({ status: { bindings: [] } });
  const move = promotion({ steps: stepsAt(['decided', 4]), fromMemberId: null });
  const { steps, isOver, title } = timelineOf(view, move, null, now);
  expect(steps.slice(1).map(({ state, value }) => [state, value])).toEqual(
    Array.from({ length: 4 }, () => ['skipped', 'Not needed']),
  );
  expect([isOver, title]).toEqual([true, 'Failover to fra.example.com is done']);
});

test('a record that was bound after the move is no part of it', () => {
  const later = binding({ id: 'later', name: 'api.example.com', published: [], publishedEpoch: 0, oldTtlUntil: null });
  const view = pool({ status: { bindings: [binding({ oldTtlUntil }), later] } });
  const { steps } = timelineOf(view, promotion(), null, now);
  expect(steps.find(({ title }) => title === 'Name servers answer')).toMatchObject({
    state: 'done',
    value: '+ 906 ms',
  });
});
