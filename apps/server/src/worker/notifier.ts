import { isAppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import { createDirectTelling, type DirectWay, type ToldLog } from './direct-telling.ts';
import { beforeEnd, withLastWord } from './last-word.ts';
import type { Notice, Notifier, WorkerLog } from './ports.ts';
import { type Ahead, newlyQueued, type QueuedNotice } from './queued-notice.ts';
import { createWake } from './wake.ts';

/*
 * Tells people, behind everybody's back: `notify` puts a notice into a bounded queue and returns.
 *
 *   stored    in order, the head tried again for as long as the database does not answer. The event log and the channels' deliveries are
 *             one write, and of a write that is tried again because nobody heard that it was committed nothing is there twice. An event of a
 *             change in the store is no notice: the change's own transaction writes it (`writeEvent`)
 *   direct    a critical notice that is not stored within 2 s, or while the last write failed, goes to the channels known last: people
 *             first. Its deliveries are stored later as what they are then: told, or held back while an attempt is under way. Once stored
 *             they are tried again from the store only
 *   stopped   what waits is stored still, for 3 s at most
 *
 * Quiet notices come in hundreds after an outage: they fill half of the queue at most. Any other notice is lost to three things only, counted
 * and said in the log: a full queue, a database that answers and refuses this one, and a stop without a database.
 */

/** Where events and what is due to the channels are kept. */
export interface EventLog extends ToldLog {
  /** Writes one event with its deliveries. Rejects while the database does not answer. */
  write(notice: Notice, ahead: Ahead): Promise<unknown>;
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

const mostQueued = 1_000;
const mostQuiet = mostQueued / 2;
/** A database that answers and refuses a notice this often has something against that one: the next has its turn. */
const mostRefusals = 10;
const drainPauseMs = 100;
const directAfterMs = 2 * secondMs;

export function createNotifier(ports: NotifierPorts): RunningNotifier {
  const { clock, random, log, events } = ports;
  const wake = createWake(clock);
  const directly = createDirectTelling(ports);
  const queue: QueuedNotice[] = [];
  const counts = { dropped: 0 };
  const drop = createDrop(counts, log);
  let isAway = false;

  /** False when it is to be given up. */
  async function store(queued: QueuedNotice, stopping: AbortSignal, end: AbortSignal): Promise<boolean> {
    const { notice, noticeId, at, told, underWay } = queued;
    let refusals = 0;
    for (let tries = 1; !end.aborted; tries += 1) {
      try {
        await beforeEnd(events.write(notice, { noticeId, happenedAt: at, told, underWay }), end);
        directly.stored(queued);
        isAway = false;
        return true;
      } catch (error) {
        if (tries === 1) log.warn({ err: error, kind: notice.kind }, 'An event could not be stored; tried again.');
        if (!isAppError(error, 'database_unavailable')) refusals += 1;
        if (refusals >= mostRefusals) return false;
        isAway = true;
        for (const one of queue) directly.begin(one);
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
      const queued = newlyQueued(notice, ports);
      const isFull = queue.length >= (notice.quiet === true ? mostQuiet : mostQueued);
      if (isFull) drop(notice, 'Too many notices wait');
      else queue.push(queued);
      wake.ring();
      if (isAway || isFull) directly.begin(queued);
      else if (notice.severity === 'critical') clock.after(directAfterMs, () => directly.begin(queued));
    },
    async run(stopping: AbortSignal) {
      await withLastWord(clock, stopping, (end) => storeAll(stopping, end));
      for (const { notice } of queue.splice(0)) drop(notice, 'The control plane stops without its database');
    },
  });
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
