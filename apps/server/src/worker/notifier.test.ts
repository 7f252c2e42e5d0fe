import { AppError, type EventKind } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { createFakeClock, seededRandom } from '../../../../testkit/src/index.ts';
import type { Telling } from './direct-telling.ts';
import { createNotifier } from './notifier.ts';
import type { Notice } from './ports.ts';
import type { Ahead } from './queued-notice.ts';

function notice(kind: EventKind, severity: Notice['severity'] = 'critical'): Notice {
  return { kind, severity, poolId: null, memberId: null, sentence: kind, details: { n: 1 } };
}
const silence: Notice = { ...notice('member.silence', 'info'), quiet: true };

function setUp() {
  const clock = createFakeClock();
  const state = { databaseDown: false, databaseHangs: false, refused: null as EventKind | null, receiverHangs: false };
  const tellings: Telling[] = [];
  const notedAsTold: string[] = [];
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
        if (state.refused === kind) throw new AppError('pool_not_found');
        written.push([kind, { ...ahead, told: new Map(ahead.told), underWay: new Set(ahead.underWay) }]);
      },
      async noteTold(noticeId, channelId, answer) {
        notedAsTold.push(`${noticeId} ${channelId} ${answer}`);
      },
    },
    direct: {
      tell({ notice: told, noticeId }, telling) {
        direct.push([told.kind, noticeId]);
        tellings.push(telling);
        if (telling.begins('c1') && !state.receiverHangs) telling.ended('c1', 'It took the notice.');
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
  return { clock, state, written, direct, logged, notifier, stop, running, tellings, notedAsTold, end, kinds };
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

  test('an outage of two hours loses nothing', async () => {
    const { clock, state, notifier, kinds, end } = setUp();
    state.databaseDown = true;
    notifier.notify(notice('pool.no-standby'));
    notifier.notify(notice('pool.recovered', 'info'));
    await clock.advance(2 * 3_600_000);
    state.databaseDown = false;
    await clock.advance(60_000);
    expect([kinds().written, notifier.dropped]).toEqual([['pool.no-standby', 'pool.recovered'], 0]);
    await end();
  });

  test('a notice that the database refuses lets the next one pass, is counted and said in the log', async () => {
    const { clock, state, notifier, kinds, logged, end } = setUp();
    state.refused = 'pool.changed';
    notifier.notify(notice('pool.changed', 'info'));
    notifier.notify(notice('pool.no-standby'));
    await clock.advance(10 * 60_000);
    expect([kinds().written, notifier.dropped]).toEqual([['pool.no-standby'], 1]);
    expect(logged).toContain('The database refuses a notice; one is dropped.');
    await end();
  });

  test('a stop stores what waits', async () => {
    const { clock, notifier, stop, running, kinds } = setUp();
    await clock.settle();
    for (const kind of ['pool.no-standby', 'pool.promoted'] as const) notifier.notify(notice(kind));
    stop.abort();
    await clock.settle();
    await running;
    expect(kinds().written).toEqual(['pool.no-standby', 'pool.promoted']);
  });

  test.each(['databaseDown', 'databaseHangs'] as const)(
    'a stop with %s takes 3 s and says what is lost',
    async (how) => {
      const { clock, state, notifier, stop, running, logged } = setUp();
      state[how] = true;
      notifier.notify(notice('pool.changed', 'info'));
      await clock.advance(20_000);
      stop.abort();
      const ended = running.then(() => true);
      await clock.advance(2_900);
      expect(await Promise.race([ended, clock.settle().then(() => false)])).toBe(false);
      await clock.advance(200);
      expect(await ended).toBe(true);
      expect(notifier.dropped).toBe(1);
      expect(logged.at(-1)).toBe('The control plane stops without its database; one is dropped.');
    },
  );

  test('a channel that is just being told when the notice is stored is held back there, and noted when it has answered', async () => {
    const { clock, state, notifier, written, tellings, notedAsTold, end } = setUp();
    Object.assign(state, { databaseDown: true, receiverHangs: true });
    notifier.notify(notice('pool.no-standby'));
    await clock.advance(2_500);
    state.databaseDown = false;
    await clock.advance(30_000);
    expect(written.map(([, ahead]) => [ahead.told, ahead.underWay])).toEqual([[new Map(), new Set(['c1'])]]);
    tellings[0]?.ended('c1', 'It took the notice.');
    expect(notedAsTold).toEqual([`${written[0]?.[1].noticeId} c1 It took the notice.`]);
    expect(tellings[0]?.begins('c1')).toBe(false);
    await end();
  });

  test('a full queue drops and counts, tells directly what is critical, and never throws', () => {
    const { notifier, kinds } = setUp();
    for (let n = 0; n < 3_000; n += 1) notifier.notify(notice('pool.changed', 'info'));
    notifier.notify(notice('pool.no-standby'));
    expect(notifier.dropped).toBe(2_001);
    expect(kinds().direct).toEqual(['pool.no-standby']);
  });
});
