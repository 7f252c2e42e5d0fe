import { AppError, secondMs } from '@serverctl/core';
import type { Principal } from '../accounts/principal.ts';
import { LiveStream } from './stream.ts';
import { createWatch, type Watch, type WatchPorts } from './watch.ts';

export interface StreamAsked {
  readonly principal: Principal;
  /** Proves again who asked; null = they are proven no more. */
  readonly prove: () => Promise<Principal | null>;
  /** The last event that was told before; null = none. */
  readonly after: number | null;
}

/** Where streams of what is happening begin. It reads for all of them at once, and only while there are any. */
export interface LiveDesk {
  /** Throws `live_streams_of_one` and `live_streams_full`. Whoever opens one says when its reader is gone (`leave`). */
  open(asked: StreamAsked): OpenStream;
  /** Ends all streams, and each that is opened later: the server stops. */
  close(): void;
}

export interface OpenStream {
  chunks(): AsyncGenerator<Buffer>;
  readonly cut: AbortSignal;
  leave(): void;
}

/** Of one user or token: pages in a few browsers. */
export const mostOfOne = 16;
/** Of all: each costs some kilobytes and its part of a look each second. */
export const mostOfAll = 256;
const retryAfterSeconds = 5;
const checkEveryMs = secondMs;

/*
 *   idle ──first stream──→ watching ──last stream has left──→ idle
 *
 * Each watch begins from nothing: what a former one knew is old.
 */
export function createLiveDesk(options: WatchPorts): LiveDesk {
  const { clock } = options;
  const streams = new Map<LiveStream, string>();
  let isClosed = false;
  let watching: { readonly watch: Watch; readonly stop: AbortController } | null = null;

  function begin(): Watch {
    const stop = new AbortController();
    const watch = createWatch(options, () => {
      for (const stream of streams.keys()) stream.wake();
    });
    watching = { watch, stop };
    void watch.run(stop.signal);
    void everySecond(stop.signal, cutSlow);
    void everySecond(stop.signal, proveAgain);
    return watch;
  }

  async function everySecond(signal: AbortSignal, check: () => void | Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(checkEveryMs, signal);
      await check();
    }
  }

  function cutSlow(): void {
    for (const stream of streams.keys()) stream.cutIfSlow();
  }

  /** One after the other: requests that wait to be proven go on beside them. */
  async function proveAgain(): Promise<void> {
    for (const stream of [...streams.keys()]) if (streams.has(stream)) await stream.proveAgain();
  }

  function leave(stream: LiveStream): void {
    stream.leave();
    if (!streams.delete(stream) || streams.size > 0) return;
    watching?.stop.abort();
    watching = null;
  }

  return {
    open({ principal, prove, after }) {
      const whose = keyOf(principal);
      refuseTooMany([...streams.values()], whose);
      const watch = watching?.watch ?? begin();
      const stream = new LiveStream({ clock, principal, prove, shown: watch });
      streams.set(stream, whose);
      if (isClosed) stream.end('server-stops');
      void watch.resume(stream, after);
      return { chunks: () => stream.chunks(), cut: stream.cut, leave: () => leave(stream) };
    },
    close() {
      isClosed = true;
      for (const stream of streams.keys()) stream.end('server-stops');
    },
  };
}

function refuseTooMany(open: readonly string[], whose: string): void {
  if (open.length >= mostOfAll) throw new AppError('live_streams_full', { most: mostOfAll, retryAfterSeconds });
  if (open.filter((one) => one === whose).length >= mostOfOne)
    throw new AppError('live_streams_of_one', { most: mostOfOne, retryAfterSeconds });
}

function keyOf(principal: Principal): string {
  if (principal.kind === 'user') return `user ${principal.userId}`;
  return principal.kind === 'token' ? `token ${principal.tokenId}` : 'host';
}
