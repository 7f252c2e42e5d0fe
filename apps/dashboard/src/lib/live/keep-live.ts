import type { Clock } from '../../platform/clock.ts';
import type { EventStream, OpenEventStream } from '../../platform/event-stream.ts';
import type { Visibility } from '../../platform/visibility.ts';
import type { LiveStore } from './live-store.ts';
import { liveNames } from './receive.ts';

export interface KeepLiveOptions {
  readonly store: LiveStore;
  readonly open: OpenEventStream;
  readonly clock: Pick<Clock, 'nowMs' | 'after' | 'onSlept'>;
  readonly visibility: Visibility;
  /** Whether whoever asked first is still signed in: a stream that is refused does not say why. Rejects when nobody answers. */
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
 *    ├── hidden for 60 s, whether it speaks or is tried again ──→ asleep ──shown──→ open
 *    └── the computer slept: what is still to come of this one is from before ──→ broken ──→ open at once
 *
 * Wherever it goes on after a while, who is signed in is asked anew: it may be nobody, or another.
 */
export function keepLive(options: KeepLiveOptions): KeptLive {
  const { store, clock, visibility, isSignedIn } = options;
  let failures = 0;
  let cancelTry = () => {};
  let isAsleep = false;
  let isClosed = false;
  const held = holdStream(options, hear, broken);

  function connect(): void {
    isAsleep = false;
    cancelTry();
    held.begin();
  }

  function hear(name: string, text: string): void {
    failures = 0;
    const known = liveNames.find((one) => one === name);
    if (known !== undefined) store.receive(known, JSON.parse(text));
  }

  /** Closed, asleep, or ended by the server's last word: that may not have been drawn yet, and in a hidden page is not for long. */
  function isOver(): boolean {
    return isClosed || isAsleep || store.latest().link.kind === 'ended';
  }

  function broken(): void {
    held.drop();
    if (isOver()) return;
    const waitMs = waitsMs[Math.min(failures, waitsMs.length - 1)] ?? 0;
    failures += 1;
    tryIn(waitMs);
  }

  function tryIn(waitMs: number): void {
    const nowMs = clock.nowMs();
    store.link({ kind: 'broken', sinceMs: nowMs, nextTryMs: nowMs + waitMs });
    cancelTry();
    if (waitMs === 0) connect();
    else cancelTry = clock.after(waitMs, connect);
    ask();
  }

  function ask(): void {
    // Nobody answers: that is what trying again is for.
    void isSignedIn().then(endUnless, () => {});
  }

  function endUnless(signedIn: boolean): void {
    if (signedIn || isOver()) return;
    cancelTry();
    held.drop();
    store.link({ kind: 'ended', because: 'session-ended', sentence: 'This session has expired or was ended.' });
  }

  function sleep(): void {
    if (isOver()) return;
    isAsleep = true;
    failures = 0;
    cancelTry();
    held.drop();
    store.link({ kind: 'asleep' });
  }

  function wake(): void {
    if (!isAsleep) return;
    connect();
    ask();
  }

  connect();
  const unwatchSleep = clock.onSlept(() => {
    if (!isOver()) tryIn(0);
  });
  const unwatch = watchUnseen({ clock, visibility }, sleep, wake);
  return {
    tryNow: connect,
    close() {
      isClosed = true;
      unwatch();
      unwatchSleep();
      cancelTry();
      held.drop();
    },
  };
}

/** One stream at a time, from where the last one ended; one that was dropped is not heard any more. */
function holdStream(
  { open, clock }: Pick<KeepLiveOptions, 'open' | 'clock'>,
  hear: (name: string, text: string) => void,
  broken: () => void,
): { begin(): void; drop(): void } {
  let stream: EventStream | null = null;
  let turn = 0;
  let lastId = '';
  let cancelWatch = () => {};

  function watch(): void {
    cancelWatch();
    cancelWatch = clock.after(silentMs, broken);
  }

  function drop(): void {
    turn += 1;
    cancelWatch();
    stream?.close();
  }

  return {
    drop,
    begin() {
      drop();
      watch();
      const mine = turn;
      stream = open(lastId === '' ? liveUrl : `${liveUrl}?after=${lastId}`, liveNames, {
        onMessage(name, text, id) {
          clock.nowMs(); // Here it is seen that the computer slept, before what was sent earlier is taken for new.
          if (mine !== turn) return;
          if (id !== '') lastId = id;
          watch();
          hear(name, text);
        },
        onBroken() {
          if (mine === turn) broken();
        },
      });
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
