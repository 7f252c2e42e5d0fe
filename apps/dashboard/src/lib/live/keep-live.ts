import type { Clock } from '../../platform/clock.ts';
import type { EventStream, OpenEventStream } from '../../platform/event-stream.ts';
import type { Visibility } from '../../platform/visibility.ts';
import type { LiveStore } from './live-store.ts';
import { liveNames } from './receive.ts';

export interface KeepLiveOptions {
  readonly store: LiveStore;
  readonly open: OpenEventStream;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly visibility: Visibility;
  /** Whether whoever asks is still signed in: a stream that is refused does not say why. Rejects when nobody answers. */
  readonly isSignedIn: () => Promise<boolean>;
}

/** Where the stream begins; with `?after=` it goes on. */
export const liveUrl = '/api/v1/live';

export interface KeptLive {
  /** Now, and not when it is due. */
  tryNow(): void;
  close(): void;
}

/** A stream says something every second; after this it is broken, whatever the connection looks like. */
const silentMs = 5_000;
const waitsMs = [1_000, 2_000, 4_000, 8_000] as const;
/** Nobody looks for so long: by HTTP/1.1 a browser has six connections to a server, and each tab that is open keeps one of them. */
const unseenMs = 60_000;

/*
 * Keeps one stream open, and goes on where the last one ended:
 *
 *   open ──→ messages … ──→ broken, or silent for 5 s ──→ still signed in? ──→ waits 1, 2, 4, 8 s ──→ open
 *    │                                                 └─→ no: ended
 *    └── hidden for 60 s, whether it speaks or is tried again ──→ asleep ──shown──→ open
 */
export function keepLive({ store, open, clock, visibility, isSignedIn }: KeepLiveOptions): KeptLive {
  let stream: EventStream | null = null;
  let lastId = '';
  let failures = 0;
  let cancelTry = () => {};
  let cancelWatch = () => {};
  let isAsleep = false;
  let isClosed = false;

  function connect(): void {
    isAsleep = false;
    cancelTry();
    stream?.close();
    watch();
    stream = open(lastId === '' ? liveUrl : `${liveUrl}?after=${lastId}`, liveNames, {
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
    if (isClosed || isAsleep || store.get().link.kind === 'ended') return;
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
    if (signedIn || isClosed || isAsleep) return;
    cancelTry();
    store.link({ kind: 'ended', because: 'session-ended', sentence: 'This session has expired or was ended.' });
  }

  function sleep(): void {
    if (store.get().link.kind === 'ended') return;
    isAsleep = true;
    failures = 0;
    cancelTry();
    cancelWatch();
    stream?.close();
    store.link({ kind: 'asleep' });
  }

  connect();
  const unwatch = watchUnseen({ clock, visibility }, sleep, () => {
    if (isAsleep) connect();
  });
  return {
    tryNow: connect,
    close() {
      isClosed = true;
      unwatch();
      cancelTry();
      cancelWatch();
      stream?.close();
    },
  };
}

/** Says when nobody has seen the page for a while, and when somebody does. */
function watchUnseen(
  { clock, visibility }: Pick<KeepLiveOptions, 'clock' | 'visibility'>,
  unseen: () => void,
  seen: () => void,
): () => void {
  let cancel = () => {};
  const look = () => {
    cancel();
    if (visibility.isHidden()) cancel = clock.after(unseenMs, unseen);
    else seen();
  };
  look();
  const unwatch = visibility.onChange(look);
  return () => {
    unwatch();
    cancel();
  };
}
