import { secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import type { Notice, Notifier, WorkerLog } from './ports.ts';
import { createWake } from './wake.ts';

/*
 * Tells people, behind everybody's back: `notify` puts a notice into a bounded queue and returns.
 *
 *   stored    in order, the head tried again while the database does not answer. The event log and the channels' deliveries are one write;
 *             for a notice that was logged with the change itself they were part of the change, and nothing is left to do
 *   direct    a critical notice that is not stored within 2 s, or while the last write failed, goes to the channels known last: people
 *             first. Its deliveries are stored later as what they are then
 *
 * Quiet notices come in hundreds after an outage: they fill half of the queue at most. Any other notice is never lost to a slow channel or
 * database, only to a full queue, and that is said in the log.
 */

/** Where events and what is due to the channels are kept. */
export interface EventLog {
  /** Writes one event with its deliveries. Rejects while the database does not answer. */
  write(notice: Notice, ahead: Ahead): Promise<unknown>;
}

/** What is known of a notice before it is stored. */
export interface Ahead {
  readonly noticeId: string;
  readonly happenedAt: Date;
  /** Channels that were told directly, and what they answered. */
  readonly told: ReadonlyMap<string, string>;
}

/** To the channels past the database. */
export interface DirectWay {
  /** Begins to tell those that hear of it, and calls back for each that was told. Never throws, never waits. */
  tell(
    told: { readonly notice: Notice; readonly noticeId: string; readonly at: Date },
    onTold: (channelId: string, answer: string) => void,
  ): void;
}

export interface NotifierPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  readonly events: EventLog;
  readonly direct: DirectWay;
}

export interface RunningNotifier extends Notifier {
  /** Stores until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  readonly dropped: number;
}

interface Queued {
  readonly notice: Notice;
  readonly noticeId: string;
  readonly at: Date;
  readonly told: Map<string, string>;
  isStored: boolean;
  isDirect: boolean;
}

const mostQueued = 1_000;
const mostQuiet = mostQueued / 2;
/** A database that refuses a notice this often has something against that one; the next has its turn after half an hour. */
const mostTries = 60;
const directAfterMs = 2 * secondMs;

export function createNotifier(ports: NotifierPorts): RunningNotifier {
  const { clock, random, log, events, direct } = ports;
  const wake = createWake(clock);
  const queue: Queued[] = [];
  const counts = { dropped: 0 };
  let isAway = false;
  let quietWasDropped = false;

  function tellDirectly(queued: Queued): void {
    if (queued.isStored || queued.isDirect || queued.notice.severity !== 'critical') return;
    queued.isDirect = true;
    direct.tell(queued, (channelId, answer) => queued.told.set(channelId, answer));
  }

  function drop(notice: Notice): void {
    counts.dropped += 1;
    if (notice.quiet !== true) {
      log.error({ kind: notice.kind, sentence: notice.sentence }, 'Too many notices wait; one is dropped.');
    } else if (!quietWasDropped) {
      log.warn({ kind: notice.kind }, 'Too many quiet notices wait; some are dropped.');
      quietWasDropped = true;
    }
  }

  async function store(queued: Queued, signal: AbortSignal): Promise<void> {
    const { notice, noticeId, at, told } = queued;
    for (let tries = 1; tries <= mostTries && !signal.aborted; tries += 1) {
      try {
        await events.write(notice, { noticeId, happenedAt: at, told });
        queued.isStored = true;
        isAway = false;
        return;
      } catch (error) {
        if (tries === 1) log.warn({ err: error, kind: notice.kind }, 'An event could not be stored; tried again.');
        isAway = true;
        for (const one of queue) tellDirectly(one);
        await clock.sleep(backOffMs(tries, random), signal);
      }
    }
  }

  return Object.assign(counts, {
    notify(notice: Notice) {
      if (notice.logged === true) return;
      const queued = newlyQueued(notice);
      const isFull = queue.length >= (notice.quiet === true ? mostQuiet : mostQueued);
      if (isFull) drop(notice);
      else queue.push(queued);
      wake.ring();
      if (isAway || isFull) tellDirectly(queued);
      else if (notice.severity === 'critical') clock.after(directAfterMs, () => tellDirectly(queued));
    },
    async run(signal: AbortSignal) {
      while (!signal.aborted) {
        const [next] = queue;
        if (next === undefined) await wake.sleep(null, signal);
        else {
          await store(next, signal);
          queue.shift();
        }
      }
    },
  });

  function newlyQueued(notice: Notice): Queued {
    const noticeId = newId<string>(random);
    return { notice, noticeId, at: clock.wallTime(), told: new Map(), isStored: false, isDirect: false };
  }
}
