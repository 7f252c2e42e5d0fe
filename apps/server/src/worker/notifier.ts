import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import type { Notice, Notifier, WorkerLog } from './ports.ts';
import { createWake } from './wake.ts';
import { type Channel, createWebhookSender, type PostJson } from './webhook.ts';

/*
 * Tells people, behind everybody's back: `notify` puts a notice into two bounded queues and returns.
 *
 *   event log   in order, the head tried again while the database does not answer; skipped for what was logged with the change itself
 *   channels    each notice handed to every channel at once, whether or not the event log takes it: people first; never a quiet one
 *
 * Quiet notices come in hundreds after an outage: they fill half of the event log's queue at most. Any other notice is never lost to a slow channel or database, only to a full queue, and that is said in the log.
 */

/** Where events are kept: `serverctl watch` and the pages read them. */
export interface EventLog {
  /** Writes one event and returns its number. Rejects while the database does not answer. */
  write(notice: Notice): Promise<number>;
}

/** Who else wants to know. */
export interface NotificationChannels {
  list(): Promise<readonly Channel[]>;
}

export interface NotifierPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  readonly events: EventLog;
  readonly channels: NotificationChannels;
  readonly post: PostJson;
}

export interface RunningNotifier extends Notifier {
  /** Delivers until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  readonly dropped: number;
}

interface Queued {
  readonly notice: Notice;
  readonly at: Date;
}

const mostQueued = 1_000;
const mostQuiet = mostQueued / 2;
/** An event log that refuses a notice this often has something against that one; the next has its turn after half an hour. */
const mostTries = 60;

export function createNotifier(ports: NotifierPorts): RunningNotifier {
  const toEvents = createQueue(ports.clock);
  const toChannels = createQueue(ports.clock);
  const counts = { dropped: 0 };
  let quietWasDropped = false;

  return Object.assign(counts, {
    notify(notice: Notice) {
      const queued = { notice, at: ports.clock.wallTime() };
      if (notice.quiet === true) {
        if (toEvents.push(queued, mostQuiet)) return;
        counts.dropped += 1;
        if (!quietWasDropped) ports.log.warn({ kind: notice.kind }, 'Too many quiet notices wait; some are dropped.');
        quietWasDropped = true;
        return;
      }
      const isKept = notice.logged === true || toEvents.push(queued);
      if (toChannels.push(queued) && isKept) return;
      counts.dropped += 1;
      ports.log.error({ kind: notice.kind, sentence: notice.sentence }, 'Too many notices wait; one is dropped.');
    },
    async run(signal: AbortSignal) {
      await Promise.all([writeEvents(ports, toEvents, signal), tellChannels(ports, toChannels, signal)]);
    },
  });
}

async function writeEvents(ports: NotifierPorts, queue: NoticeQueue, signal: AbortSignal): Promise<void> {
  for (let next = await queue.take(signal); next !== null; next = await queue.take(signal)) {
    await writeEvent(ports, next.notice, signal);
  }
}

async function writeEvent(ports: NotifierPorts, notice: Notice, signal: AbortSignal): Promise<void> {
  const { clock, random, events, log } = ports;
  for (let tries = 1; tries <= mostTries && !signal.aborted; tries += 1) {
    try {
      await events.write(notice);
      return;
    } catch (error) {
      if (tries === 1) log.warn({ err: error, kind: notice.kind }, 'An event could not be stored; tried again.');
      await clock.sleep(backOffMs(tries, random), signal);
    }
  }
}

/** While the list of channels cannot be read, the last one that could is used. */
async function tellChannels(ports: NotifierPorts, queue: NoticeQueue, signal: AbortSignal): Promise<void> {
  const send = createWebhookSender(ports, signal);
  let known: readonly Channel[] = [];
  for (let next = await queue.take(signal); next !== null; next = await queue.take(signal)) {
    try {
      known = await ports.channels.list();
    } catch (error) {
      ports.log.warn({ err: error }, 'The notification channels could not be read.');
    }
    for (const channel of known) send(channel, next.notice, next.at);
  }
}

interface NoticeQueue {
  /** False when so many wait already. */
  push(queued: Queued, most?: number): boolean;
  /** The next one, waited for; null once the signal aborts. */
  take(signal: AbortSignal): Promise<Queued | null>;
}

function createQueue(clock: Clock): NoticeQueue {
  const wake = createWake(clock);
  const queue: Queued[] = [];
  return {
    push(queued, most = mostQueued) {
      if (queue.length >= most) return false;
      queue.push(queued);
      wake.ring();
      return true;
    },
    async take(signal) {
      while (!signal.aborted) {
        const next = queue.shift();
        if (next !== undefined) return next;
        await wake.sleep(null, signal);
      }
      return null;
    },
  };
}
