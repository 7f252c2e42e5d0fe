import type { Clock } from '../../platform/clock.ts';
import type { EventStream, OpenEventStream } from '../../platform/event-stream.ts';
import type { LiveStore } from './live-store.ts';
import { liveNames } from './receive.ts';

export interface KeepLiveOptions {
  readonly store: LiveStore;
  readonly open: OpenEventStream;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Whether whoever asks is still signed in: a stream that is refused does not say why. Rejects when nobody answers. */
  readonly isSignedIn: () => Promise<boolean>;
}

export interface KeptLive {
  /** Now, and not when it is due. */
  tryNow(): void;
  close(): void;
}

/** A stream says something every second; after this it is broken, whatever the connection looks like. */
const silentMs = 5_000;
const waitsMs = [1_000, 2_000, 4_000, 8_000] as const;

/*
 * Keeps one stream open, and goes on where the last one ended:
 *
 *   open ──→ messages … ──→ broken, or silent for 5 s ──→ still signed in? ──→ waits 1, 2, 4, 8 s ──→ open
 *                                                      └─→ no: ended
 */
export function keepLive({ store, open, clock, isSignedIn }: KeepLiveOptions): KeptLive {
  let stream: EventStream | null = null;
  let lastId = '';
  let failures = 0;
  let cancelTry = () => {};
  let cancelWatch = () => {};
  let isClosed = false;

  function connect(): void {
    cancelTry();
    stream?.close();
    watch();
    stream = open(lastId === '' ? '/api/v1/live' : `/api/v1/live?after=${lastId}`, liveNames, {
      onMessage: (name, text, id) => hear(name, text, id),
      onBroken: () => broken(),
    });
  }

  function hear(name: string, text: string, id: string): void {
    failures = 0;
    if (id !== '') lastId = id;
    watch();
    const known = liveNames.find((one) => one === name);
    if (known !== undefined) store.receive(known, JSON.parse(text));
  }

  function watch(): void {
    cancelWatch();
    cancelWatch = clock.after(silentMs, () => broken());
  }

  function broken(): void {
    cancelWatch();
    stream?.close();
    if (isClosed || store.get().link.kind === 'ended') return;
    const waitMs = waitsMs[Math.min(failures, waitsMs.length - 1)] ?? 0;
    failures += 1;
    const nowMs = clock.nowMs();
    store.link({ kind: 'broken', sinceMs: nowMs, nextTryMs: nowMs + waitMs });
    cancelTry();
    cancelTry = clock.after(waitMs, connect);
    // Nobody answers: that is what trying again is for.
    void isSignedIn().then(endUnless, () => {});
  }

  function endUnless(signedIn: boolean): void {
    if (signedIn || isClosed) return;
    cancelTry();
    store.link({ kind: 'ended', because: 'session-ended', sentence: 'This session has expired or was ended.' });
  }

  connect();
  return {
    tryNow: connect,
    close() {
      isClosed = true;
      cancelTry();
      cancelWatch();
      stream?.close();
    },
  };
}
