import type { LivePlane, ReadyView } from '@serverctl/contract';
import { secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import { createWake } from '../../worker/wake.ts';
import { createEventTail, resumeEvents } from './event-tail.ts';
import { createLeaderWatch } from './leader.ts';
import type { Minute } from './minute.ts';
import { nextPicture, type Picture } from './picture.ts';
import { createPlaneWatch } from './plane.ts';
import type { LiveSource } from './source.ts';
import type { LiveStream, Shown } from './stream.ts';

/** What is watched, and by what. */
export interface WatchPorts {
  readonly source: LiveSource;
  readonly clock: Clock;
  readonly version: string;
  readonly readiness: () => Promise<ReadyView>;
  /** Null in a process that hears nobody. */
  readonly minute: Pick<Minute, 'read'> | null;
  /** Calls back when an event was written. Returns the unsubscriber. */
  readonly onEvent: Subscribe;
  /** The same for changes of pools, members and names. */
  readonly onPoolChange: Subscribe;
  /** The pools could not be read, or can be again (null). */
  readonly onReading: (error: unknown) => void;
}

type Subscribe = (wake: () => void) => () => void;

/** What all streams are told from, read for them once. */
export interface Watch extends Shown {
  /** Reads until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Lets a stream begin once the first picture is there. Never rejects. */
  resume(stream: LiveStream, after: number | null): Promise<void>;
}

const readEveryMs = secondMs;
const leastRestMs = 50;
/** A large fleet is read less often while everything changes: reading takes a fifth of the time, or more where it is slow. */
const restPerReading = 4;
const mostRestMs = 500;

/*
 * Two loops, so that one tells how things are while the other waits for the database:
 *
 *   pools    read ──rest──→ asleep ──a notice, or a second since the last read began──→ read
 *   plane    look, a second at most ──→ tell ──→ asleep until the second is over ──→ look
 *
 * Events are read before pools: whatever an event tells of, the pools that go out with it have it already.
 */
export function createWatch(options: WatchPorts, tell: () => void): Watch {
  const { source, clock, minute, onEvent, onPoolChange, onReading } = options;
  const tail = createEventTail(source);
  const planeWatch = createPlaneWatch({ ...options, leader: createLeaderWatch(source, clock) });
  const news = createWake(clock);
  const opened = Promise.withResolvers<void>();
  let picture: Picture | null = null;
  /** The last event that was read before the picture: later ones wait for the next. */
  let toldUpTo = 0;
  let plane: LivePlane | null = null;
  let isFailing = false;

  async function read(): Promise<void> {
    await tail.read();
    const atMs = clock.now();
    const at = clock.wallTime();
    picture = nextPicture(picture, { ...(await source.pools(at)), atMs, at });
    toldUpTo = tail.last() ?? 0;
    opened.resolve();
  }

  async function readOrSay(signal: AbortSignal): Promise<void> {
    try {
      await read();
      if (isFailing) onReading(null);
      isFailing = false;
    } catch (error) {
      if (!isFailing && !signal.aborted) onReading(error);
      isFailing = true;
    }
  }

  async function watchPools(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const beganAtMs = clock.now();
      await readOrSay(signal);
      if (signal.aborted) return;
      tell();
      const tookMs = clock.now() - beganAtMs;
      const restMs = Math.min(mostRestMs, Math.max(leastRestMs, restPerReading * tookMs));
      await clock.sleep(restMs, signal);
      await news.sleep(Math.max(0, readEveryMs - tookMs - restMs), signal);
    }
  }

  async function watchPlane(signal: AbortSignal): Promise<void> {
    await Promise.race([opened.promise, clock.sleep(secondMs, signal)]); // not to begin with "not read yet"
    while (!signal.aborted) {
      const beganAtMs = clock.now();
      plane = await planeWatch.look(picture);
      if (signal.aborted) return;
      tell();
      await clock.sleep(Math.max(leastRestMs, secondMs - (clock.now() - beganAtMs)), signal);
    }
  }

  return {
    picture: () => picture,
    plane: () => plane,
    minute: () => minute?.read() ?? null,
    eventsAfter: (seq) => tail.after(seq)?.filter((event) => event.seq <= toldUpTo) ?? null,
    async run(signal) {
      const forget = [onEvent(news.ring), onPoolChange(news.ring)];
      await Promise.all([watchPools(signal), watchPlane(signal)]);
      for (const one of forget) one();
    },
    async resume(stream, after) {
      await opened.promise;
      const anew = { from: toldUpTo, missed: [], upTo: toldUpTo, isWhole: after === null };
      stream.resume(await resumeEvents(source, stream.access, after, toldUpTo).catch(() => anew));
    },
  };
}
