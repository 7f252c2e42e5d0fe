import { AppError, type EventKind } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { createFakeClock, seededRandom } from '../../../../testkit/src/index.ts';
import { type Ahead, createNotifier } from './notifier.ts';
import type { Notice } from './ports.ts';

function notice(kind: EventKind, severity: Notice['severity'] = 'critical'): Notice {
  return { kind, severity, poolId: null, memberId: null, sentence: kind, details: { n: 1 } };
}
const silence: Notice = { ...notice('member.silence', 'info'), quiet: true };

function setUp() {
  const clock = createFakeClock();
  const state = { databaseDown: false, databaseHangs: false };
  const written: (readonly [EventKind, Ahead])[] = [];
  const direct: (readonly [EventKind, string])[] = [];
  const logged: string[] = [];
  const keep = (_: object, message: string) => void logged.push(message);
  const notifier = createNotifier({
    clock,
    random: seededRandom(1),
    log: { info: keep, warn: keep, error: keep },
    events: {
      async write({ kind }, ahead) {
        if (state.databaseHangs) await new Promise(() => {});
        if (state.databaseDown) throw new AppError('database_unavailable');
        written.push([kind, { ...ahead, told: new Map(ahead.told) }]);
      },
    },
    direct: {
      tell({ notice: told, noticeId }, onTold) {
        direct.push([told.kind, noticeId]);
        onTold('c1', 'It took the notice.');
      },
    },
  });
  const stop = new AbortController();
  const running = notifier.run(stop.signal);
  const end = async () => {
    stop.abort();
    await clock.advance(1_000);
    await running;
  };
  const kinds = () => ({ written: written.map(([kind]) => kind), direct: direct.map(([kind]) => kind) });
  return { clock, state, written, direct, logged, notifier, end, kinds };
}

describe('the notifier', () => {
  test('stores what happened, under the time at which it did, and goes past the database for nothing', async () => {
    const { clock, notifier, written, direct, end } = setUp();
    const at = clock.wallTime();
    notifier.notify(notice('pool.no-standby'));
    await clock.advance(60_000);
    expect(written).toMatchObject([['pool.no-standby', { happenedAt: at, told: new Map() }]]);
    expect(direct).toEqual([]);
    await end();
  });

  test('leaves alone what was stored with the change itself', async () => {
    const { clock, notifier, kinds, end } = setUp();
    notifier.notify({ ...notice('pool.promoted'), logged: true });
    await clock.advance(60_000);
    expect(kinds()).toEqual({ written: [], direct: [] });
    await end();
  });

  test('drops quiet notices before they leave others no room, and says so once', async () => {
    const { clock, state, notifier, kinds, logged, end } = setUp();
    state.databaseDown = true;
    for (let n = 0; n < 2_000; n += 1) notifier.notify(silence);
    notifier.notify(notice('pool.no-standby'));
    expect(notifier.dropped).toBeGreaterThanOrEqual(1_499);
    expect(logged.filter((line) => line.startsWith('Too many'))).toHaveLength(1);
    state.databaseDown = false;
    await clock.advance(60_000);
    expect(kinds().written.at(-1)).toBe('pool.no-standby');
    await end();
  });

  test('while the database is away what is critical goes directly, at once and once, and is stored as told afterwards', async () => {
    const { clock, state, notifier, written, direct, kinds, end } = setUp();
    state.databaseDown = true;
    notifier.notify(notice('pool.no-standby'));
    await clock.settle();
    notifier.notify(notice('dns.blocked'));
    notifier.notify(notice('dns.partial', 'warning'));
    expect(kinds().direct).toEqual(['pool.no-standby', 'dns.blocked']);
    await clock.advance(60_000);
    expect(kinds()).toEqual({ written: [], direct: ['pool.no-standby', 'dns.blocked'] });
    state.databaseDown = false;
    await clock.advance(31_000);
    expect(kinds().written).toEqual(['pool.no-standby', 'dns.blocked', 'dns.partial']);
    const told = new Map([['c1', 'It took the notice.']]);
    expect(written.map(([, ahead]) => ahead.told)).toEqual([told, told, new Map()]);
    expect(written[0]?.[1].noticeId).toBe(direct[0]?.[1]);
    notifier.notify(notice('pool.held'));
    await clock.advance(5_000);
    expect(kinds().direct).toHaveLength(2);
    await end();
  });

  test('a database that neither answers nor refuses holds what is critical up for 2 s', async () => {
    const { clock, state, notifier, kinds } = setUp();
    state.databaseHangs = true;
    notifier.notify(notice('pool.no-standby'));
    notifier.notify(notice('member.healthy', 'info'));
    await clock.advance(1_900);
    expect(kinds().direct).toEqual([]);
    await clock.advance(200);
    expect(kinds().direct).toEqual(['pool.no-standby']);
  });

  test('a full queue drops and counts, tells directly what is critical, and never throws', () => {
    const { notifier, kinds } = setUp();
    for (let n = 0; n < 3_000; n += 1) notifier.notify(notice('pool.changed', 'info'));
    notifier.notify(notice('pool.no-standby'));
    expect(notifier.dropped).toBe(2_001);
    expect(kinds().direct).toEqual(['pool.no-standby']);
  });
});
