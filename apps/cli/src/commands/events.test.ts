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
