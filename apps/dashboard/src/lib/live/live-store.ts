import type { LiveMessages } from '@serverctl/contract';
import type { Clock } from '../../platform/clock.ts';
import type { FrameLoop } from '../../platform/frame-loop.ts';
import type { Link, LiveState } from './live-state.ts';
import { type LiveName, receive } from './receive.ts';

/** What the page knows, and who wants to hear when it changes: at most once a frame, however much came in. */
export interface LiveStore {
  get(): LiveState;
  /** What came in last, drawn or not: nothing is drawn while the page is hidden, and what the server said counts all the same. */
  latest(): LiveState;
  subscribe(changed: () => void): () => void;
  receive<Name extends LiveName>(name: Name, body: LiveMessages[Name]): void;
  link(link: Link): void;
  /** The server's clock now, in epoch milliseconds. */
  serverNowMs(): number;
}

export function createLiveStore(clock: Pick<Clock, 'nowMs' | 'wallMs'>, loop: Pick<FrameLoop, 'soon'>): LiveStore {
  const listeners = new Set<() => void>();
  let shown: LiveState = {
    link: { kind: 'connecting' },
    pools: null,
    plane: null,
    events: [],
    heard: new Map(),
    traffic: new Map(),
    strips: new Map(),
    heardAtMs: null,
    beatsAtMs: null,
    beatsReadMs: null,
    serverOffsetMs: clock.wallMs() - clock.nowMs(),
  };
  let latest = shown;

  function show(): void {
    shown = latest;
    for (const changed of listeners) changed();
  }

  function change(next: LiveState): void {
    latest = next;
    loop.soon(show);
  }

  return {
    get: () => shown,
    latest: () => latest,
    subscribe(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    receive: (name, body) => change(receive(latest, { name, body } as Parameters<typeof receive>[1], clock.nowMs())),
    link: (link) => change({ ...latest, link }),
    serverNowMs: () => clock.nowMs() + shown.serverOffsetMs,
  };
}
