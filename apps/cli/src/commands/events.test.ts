import { expect, test, vi } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';

vi.mock('../platform/pause.ts', async (original) => ({
  ...(await original<typeof import('../platform/pause.ts')>()),
  pause: () => Promise.resolve(),
}));

const event = (seq: number) => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'pool.changed',
  severity: 'info',
  poolId: null,
  memberId: null,
  sentence: `Event ${seq}.`,
  details: {},
});
const events = (...seqs: readonly number[]) => ({ body: { events: seqs.map(event), next: seqs.at(-1) ?? 0 } });
const lost = () => {
  throw new TypeError('fetch failed');
};
const refusal = (code: string, status: number) => ({
  status,
  body: { error: { code, message: 'x', remedy: 'y', details: {}, requestId: 'r1' } },
});

/** Follows while the control plane does one thing after the other; the last of them has to end it. */
const follow = (...turns: readonly ((asked: Asked) => { status?: number; body: unknown })[]) => {
  const left = [...turns];
  return runCli(['events', '--follow'], (asked) => (left.shift() ?? (() => refusal('token_invalid', 401)))(asked));
};

test('events --follow goes on from where it was after the control plane was lost, and says so once', async () => {
  const { asked, stdout, stderr } = await follow(
    () => events(1, 2),
    lost,
    lost,
    () => refusal('internal', 500),
    () => events(3),
    () => refusal('token_invalid', 401),
  );
  expect(asked.slice(1).map(({ path }) => path)).toEqual([
    ...Array.from({ length: 4 }, () => '/events?after=2&waitSeconds=20'),
    '/events?after=3&waitSeconds=20',
  ]);
  expect(stdout.match(/Event \d/g)).toEqual(['Event 1', 'Event 2', 'Event 3']);
  expect(stderr.match(/lost the control plane; trying again/g)).toHaveLength(1);
  expect(stderr).toContain('answers again');
});

test.each([
  ['token_invalid', 401],
  ['permission_denied', 403],
])('events --follow ends when it is refused (%s)', async (code, status) => {
  const { asked, stderr } = await follow(
    () => events(1),
    () => refusal(code, status),
  );
  expect(asked).toHaveLength(2);
  expect(stderr).toContain(`(${code})`);
});

test('events --follow that never reached the control plane fails at once', async () => {
  const { asked, stderr } = await follow(lost);
  expect(asked).toHaveLength(1);
  expect(stderr).toContain('control_plane_unreachable');
});

const past = (...found: readonly (readonly [seq: number, severity: string, at: string])[]) => ({
  body: { events: found.map(([seq, severity, at]) => ({ ...event(seq), severity, at })), next: found.at(-1)?.[0] ?? 0 },
});

test('events --severity looks further back until it has as many as were asked for', async () => {
  const { asked, stdout } = await runCli(['events', '--severity', 'warning', '--limit', '2'], ({ path }) =>
    path.includes('after')
      ? past([698, 'critical', '2026-01-01T00:00:00.000Z'], [699, 'info', '2026-01-01T00:00:00.000Z'])
      : past([700, 'warning', '2026-01-01T00:00:00.000Z'], [701, 'info', '2026-01-01T00:00:00.000Z']),
  );
  expect(asked.map(({ path }) => path).slice(0, 2)).toEqual([
    '/events?limit=2',
    '/events?after=199&before=700&limit=500',
  ]);
  expect(stdout.match(/Event \d+/g)).toEqual(['Event 698', 'Event 700']);
});

test('events --since stops where the time begins, and asks for nothing older', async () => {
  const { asked, stdout } = await runCli(['events', '--since', '2026-01-02T00:00Z'], () =>
    past([700, 'info', '2026-01-01T23:59:59.000Z'], [701, 'info', '2026-01-02T00:00:00.000Z']),
  );
  expect(asked).toHaveLength(1);
  expect(stdout.match(/Event \d+/g)).toEqual(['Event 701']);
});

test('events that are told already are not told again from an earlier window', async () => {
  const { stdout } = await runCli(['events', '--since', '2025-01-01'], ({ path }) =>
    path.includes('after')
      ? past([1, 'info', '2026-01-01T00:00:00.000Z'], [2, 'info', '2026-01-01T00:00:00.000Z'])
      : past([2, 'info', '2026-01-01T00:00:00.000Z']),
  );
  expect(stdout.match(/Event \d+/g)).toEqual(['Event 1', 'Event 2']);
});
