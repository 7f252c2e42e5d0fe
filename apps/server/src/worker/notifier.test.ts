import { AppError } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { createFakeClock, seededRandom } from '../../../../testkit/src/index.ts';
import { createNotifier } from './notifier.ts';
import type { Notice } from './ports.ts';

function notice(kind: string, logged = false): Notice {
  const base = { kind, severity: 'critical', poolId: null, memberId: null, sentence: kind, details: { n: 1 } } as const;
  return logged ? { ...base, logged } : base;
}

interface Sent {
  readonly url: string;
  readonly body: { readonly id: string; readonly kind: string; readonly at: string };
  readonly headers: Readonly<Record<string, string>>;
}

function setUp() {
  const clock = createFakeClock();
  const state = { databaseDown: false, respond: async (): Promise<{ status: number }> => ({ status: 204 }) };
  const written: string[] = [];
  const sent: Sent[] = [];
  const logged: string[] = [];
  const keep = (_: object, message: string) => void logged.push(message);
  const notifier = createNotifier({
    clock,
    random: seededRandom(1),
    log: { info: keep, warn: keep, error: keep },
    events: {
      async write({ kind }) {
        if (state.databaseDown) throw new AppError('database_unavailable');
        return written.push(kind);
      },
    },
    channels: {
      async list() {
        if (state.databaseDown) throw new AppError('database_unavailable');
        return [{ id: 'c1', url: 'https://hooks.example.com/edge' }];
      },
    },
    async post(url, body, headers) {
      sent.push({ url, body: JSON.parse(body), headers });
      return state.respond();
    },
  });
  const stop = new AbortController();
  const running = notifier.run(stop.signal);
  const end = async () => {
    stop.abort();
    await clock.advance(1_000);
    await running;
  };
  return { clock, state, written, sent, logged, notifier, end };
}

describe('the notifier', () => {
  test('keeps a quiet notice in the event log and tells no channel', async () => {
    const { clock, notifier, written, sent, end } = setUp();
    notifier.notify({ ...notice('member.silence'), quiet: true });
    await clock.settle();
    expect([written, sent]).toEqual([['member.silence'], []]);
    await end();
  });

  test('drops quiet notices before they leave others no room, and says so once', async () => {
    const { clock, state, notifier, written, sent, logged, end } = setUp();
    state.databaseDown = true;
    for (let n = 0; n < 2_000; n += 1) notifier.notify({ ...notice('member.silence'), quiet: true });
    notifier.notify(notice('pool.no-standby'));
    expect(notifier.dropped).toBeGreaterThanOrEqual(1_499);
    expect(logged.filter((line) => line.startsWith('Too many'))).toHaveLength(1);
    state.databaseDown = false;
    await clock.advance(60_000);
    expect(written.at(-1)).toBe('pool.no-standby');
    expect(sent.map(({ body }) => body.kind)).toEqual(['pool.no-standby']);
    await end();
  });

  test('writes the event log and posts to each channel, with an id and a time for the receiver', async () => {
    const { clock, notifier, written, sent, end } = setUp();
    notifier.notify(notice('pool.no-standby'));
    await clock.settle();
    expect(written).toEqual(['pool.no-standby']);
    expect(sent[0]).toMatchObject({
      url: 'https://hooks.example.com/edge',
      body: { kind: 'pool.no-standby', severity: 'critical' },
    });
    expect(sent[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': sent[0]?.body.id,
      'webhook-timestamp': String(Math.floor(clock.wallTime().getTime() / 1_000)),
    });
    await end();
  });

  test('an event that was written with the change itself is not written twice', async () => {
    const { clock, notifier, written, sent, end } = setUp();
    notifier.notify(notice('pool.promoted', true));
    await clock.settle();
    expect([written.length, sent.length]).toEqual([0, 1]);
    await end();
  });

  test('while the database is away people are told at once, and the log is written in order afterwards', async () => {
    const { clock, notifier, state, written, sent, end } = setUp();
    notifier.notify(notice('first'));
    await clock.settle();
    state.databaseDown = true;
    notifier.notify(notice('second'));
    notifier.notify(notice('third'));
    await clock.advance(60_000);
    expect([written, sent.map(({ body }) => body.kind)]).toEqual([['first'], ['first', 'second', 'third']]);
    state.databaseDown = false;
    await clock.advance(31_000);
    expect(written).toEqual(['first', 'second', 'third']);
    await end();
  });

  test('a webhook is tried four times under one id, then given up with a word in the log', async () => {
    const { clock, notifier, state, sent, logged, end } = setUp();
    state.respond = async () => ({ status: 500 });
    notifier.notify(notice('dns.blocked'));
    await clock.advance(60_000);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(logged.filter((line) => line.includes('not accepted'))).toHaveLength(4);
    await end();
  });

  test('a channel that hangs is cut off after 5 s and holds up neither others nor the caller', async () => {
    const { clock, notifier, state, sent, written, end } = setUp();
    state.respond = () => new Promise(() => {});
    for (let n = 0; n < 10; n += 1) notifier.notify(notice(`n${n}`));
    await clock.settle();
    expect([sent.length, written.length]).toEqual([10, 10]);
    await clock.advance(5_100);
    state.respond = async () => ({ status: 200 });
    await clock.advance(5_000);
    expect(sent).toHaveLength(20);
    await end();
  });

  test('a full queue drops and counts, and never throws', () => {
    const { notifier } = setUp();
    for (let n = 0; n < 3_000; n += 1) notifier.notify(notice('x'));
    expect(notifier.dropped).toBeGreaterThan(0);
  });
});
