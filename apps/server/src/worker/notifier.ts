import { AppError, isAppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import type { Notice, Notifier, WorkerLog } from './ports.ts';
import { createWake } from './wake.ts';

/*
 * Tells people, behind everybody's back: `notify` puts a notice into a bounded queue and returns.
 *
 *   stored    in order, the head tried again for as long as the database does not answer. The event log and the channels' deliveries are
 *             one write; for a notice that was logged with the change itself they were part of the change, and nothing is left to do
 *   direct    a critical notice that is not stored within 2 s, or while the last write failed, goes to the channels known last: people
 *             first. Its deliveries are stored later as what they are then: told, or held back while an attempt is under way. Once stored
 *             they are tried again from the store only
 *   stopped   what waits is stored still, for 3 s at most
 *
 * Quiet notices come in hundreds after an outage: they fill half of the queue at most. Any other notice is lost to three things only, counted
 * and said in the log: a full queue, a database that answers and refuses this one, and a stop without a database.
 */

/** Where events and what is due to the channels are kept. */
export interface EventLog {
  /** Writes one event with its deliveries. Rejects while the database does not answer. */
  write(notice: Notice, ahead: Ahead): Promise<unknown>;
  /** Keeps that this channel was told directly of a notice that is stored. */
  noteTold(noticeId: string, channelId: string, answer: string): Promise<unknown>;
}

/** What is known of a notice before it is stored; both collections go on while it is being written. */
export interface Ahead {
  readonly noticeId: string;
  readonly happenedAt: Date;
  /** Channels that were told directly, and what they answered. */
  readonly told: ReadonlyMap<string, string>;
  /** Channels that are just being told. */
  readonly underWay: ReadonlySet<string>;
}

/** One notice on its way past the database. */
export interface Telling {
  /** Before each attempt; false = it is stored meanwhile, and this way ends. */
  begins(channelId: string): boolean;
  /** After each; null = it was not taken. */
  ended(channelId: string, answer: string | null): void;
}

/** To the channels past the database. */
export interface DirectWay {
  /** Begins to tell those that hear of it. Never throws, never waits. */
  tell(told: { readonly notice: Notice; readonly noticeId: string; readonly at: Date }, telling: Telling): void;
}

export interface NotifierPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  readonly events: EventLog;
  readonly direct: DirectWay;
}

export interface RunningNotifier extends Notifier {
  /** Stores until the signal aborts, and what waits then. */
  run(signal: AbortSignal): Promise<void>;
  readonly dropped: number;
}

interface Queued {
  readonly notice: Notice;
  readonly noticeId: string;
  readonly at: Date;
  readonly told: Map<string, string>;
  readonly underWay: Set<string>;
  isStored: boolean;
  isDirect: boolean;
}

const mostQueued = 1_000;
const mostQuiet = mostQueued / 2;
/** A database that answers and refuses a notice this often has something against that one: the next has its turn. */
const mostRefusals = 10;
const drainMs = 3 * secondMs;
const drainPauseMs = 100;
const directAfterMs = 2 * secondMs;

export function createNotifier(ports: NotifierPorts): RunningNotifier {
  const { clock, random, log, events, direct } = ports;
  const wake = createWake(clock);
  const queue: Queued[] = [];
  const counts = { dropped: 0 };
  const drop = createDrop(counts, log);
  let isAway = false;

  function tellDirectly(queued: Queued): void {
    if (queued.isStored || queued.isDirect || queued.notice.severity !== 'critical') return;
    queued.isDirect = true;
    direct.tell(queued, tellingOf(queued, noteTold));
  }

  function noteTold({ noticeId }: Queued, channelId: string, answer: string): void {
    events.noteTold(noticeId, channelId, answer).catch((error: unknown) => {
      log.warn({ err: error, channel: channelId }, 'That a channel was told could not be kept; it is told again.');
    });
  }

  /** False when it is to be given up. */
  async function store(queued: Queued, stopping: AbortSignal, end: AbortSignal): Promise<boolean> {
    const { notice, noticeId, at, told, underWay } = queued;
    let refusals = 0;
    for (let tries = 1; !end.aborted; tries += 1) {
      try {
        await beforeEnd(events.write(notice, { noticeId, happenedAt: at, told, underWay }), end);
        queued.isStored = true;
        isAway = false;
        // Some may have answered after their rows were made.
        for (const [channelId, answer] of told) noteTold(queued, channelId, answer);
        return true;
      } catch (error) {
        if (tries === 1) log.warn({ err: error, kind: notice.kind }, 'An event could not be stored; tried again.');
        if (!isAppError(error, 'database_unavailable')) refusals += 1;
        if (refusals >= mostRefusals) return false;
        isAway = true;
        for (const one of queue) tellDirectly(one);
        await (stopping.aborted ? clock.sleep(drainPauseMs, end) : clock.sleep(backOffMs(tries, random), stopping));
      }
    }
    return false;
  }

  async function storeAll(stopping: AbortSignal, end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const [next] = queue;
      if (next === undefined && stopping.aborted) return;
      if (next === undefined) await wake.sleep(null, stopping);
      else if (await store(next, stopping, end)) queue.shift();
      else if (!end.aborted) drop(queue.shift()?.notice ?? next.notice, 'The database refuses a notice');
    }
  }

  return Object.assign(counts, {
    notify(notice: Notice) {
      if (notice.logged === true) return;
      const queued = newlyQueued(notice);
      const isFull = queue.length >= (notice.quiet === true ? mostQuiet : mostQueued);
      if (isFull) drop(notice, 'Too many notices wait');
      else queue.push(queued);
      wake.ring();
      if (isAway || isFull) tellDirectly(queued);
      else if (notice.severity === 'critical') clock.after(directAfterMs, () => tellDirectly(queued));
    },
    async run(stopping: AbortSignal) {
      await withLastWord(clock, stopping, (end) => storeAll(stopping, end));
      for (const { notice } of queue.splice(0)) drop(notice, 'The control plane stops without its database');
    },
  });

  function newlyQueued(notice: Notice): Queued {
    const noticeId = newId<string>(random);
    return {
      notice,
      noticeId,
      at: clock.wallTime(),
      told: new Map(),
      underWay: new Set(),
      isStored: false,
      isDirect: false,
    };
  }
}

type Drop = (notice: Notice, why: string) => void;

function createDrop(counts: { dropped: number }, log: WorkerLog): Drop {
  let quietWasDropped = false;
  return (notice, why) => {
    counts.dropped += 1;
    if (notice.quiet !== true) {
      log.error({ kind: notice.kind, sentence: notice.sentence }, `${why}; one is dropped.`);
    } else if (!quietWasDropped) {
      log.warn({ kind: notice.kind }, `${why}; quiet ones are dropped.`);
      quietWasDropped = true;
    }
  };
}

type NoteTold = (queued: Queued, channelId: string, answer: string) => void;

function tellingOf(queued: Queued, noteTold: NoteTold): Telling {
  return {
    begins(channelId) {
      if (!queued.isStored) queued.underWay.add(channelId);
      return !queued.isStored;
    },
    ended(channelId, answer) {
      queued.underWay.delete(channelId);
      if (answer === null) return;
      queued.told.set(channelId, answer);
      if (queued.isStored) noteTold(queued, channelId, answer);
    },
  };
}

/** Runs with a signal that aborts so long after `stopping` did. */
async function withLastWord(clock: Clock, stopping: AbortSignal, run: (end: AbortSignal) => Promise<void>) {
  const end = new AbortController();
  const isOver = new AbortController();
  const limit = untilAborted(stopping)
    .then(() => clock.sleep(drainMs, isOver.signal))
    .then(() => end.abort());
  await run(end.signal);
  isOver.abort();
  await limit;
}

/** A database that hangs must not hold up the end. */
function beforeEnd<T>(write: Promise<T>, end: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(new AppError('database_unavailable', { because: 'we stop' }));
    end.addEventListener('abort', cut, { once: true });
    write.then(resolve, reject).finally(() => end.removeEventListener('abort', cut));
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
