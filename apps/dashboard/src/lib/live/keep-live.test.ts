import { expect, test } from 'vitest';
import type { EventStreamHandlers } from '../../platform/event-stream.ts';
import { createFakeClock } from '../testing/clock.ts';
import { keepLive } from './keep-live.ts';
import { createLiveStore } from './live-store.ts';

const at = '2026-11-24T08:20:00.000Z';
const plane = JSON.stringify({ at, readAt: at });

/** As a page draws that nobody can see. */
const never = () => {};

function open(isSignedIn: () => Promise<boolean> = async () => true, soon = (task: () => void) => task()) {
  const clock = createFakeClock();
  const store = createLiveStore(clock, { soon });
  const opened: { readonly url: string; readonly handlers: EventStreamHandlers; isClosed: boolean }[] = [];
  let isHidden = false;
  let changed = () => {};
  const see = (isSeen: boolean) => {
    isHidden = !isSeen;
    changed();
  };
  const kept = keepLive({
    store,
    clock,
    isSignedIn,
    visibility: {
      isHidden: () => isHidden,
      onChange(then) {
        changed = then;
        return () => {
          changed = () => {};
        };
      },
    },
    open(url, _names, handlers) {
      const stream = { url, handlers, isClosed: false };
      opened.push(stream);
      return {
        close() {
          stream.isClosed = true;
        },
      };
    },
  });
  /** The server says something each second. */
  const speak = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      if (opened.at(-1)?.isClosed === false) opened.at(-1)?.handlers.onMessage('plane', plane, '41');
    }
  };
  return { clock, store, opened, kept, see, speak, last: () => opened.at(-1) };
}

test('a stream that breaks is opened again where it ended, later each time, until it speaks', () => {
  const { clock, store, opened, last } = open();
  last()?.handlers.onMessage('plane', plane, '41');
  expect(store.get().link.kind).toBe('live');
  last()?.handlers.onBroken();
  expect(store.get().link).toMatchObject({ kind: 'broken', nextTryMs: clock.nowMs() + 1_000 });
  clock.advance(1_000);
  expect(last()?.url).toBe('/api/v1/live?after=41');
  last()?.handlers.onBroken();
  clock.advance(1_999);
  expect(opened).toHaveLength(2);
  clock.advance(1);
  expect(opened).toHaveLength(3);
  last()?.handlers.onMessage('plane', plane, '');
  expect(store.get().link.kind).toBe('live');
});

test('a stream that says nothing for 5 s is broken, whatever the connection looks like', () => {
  const { clock, store, opened } = open();
  clock.advance(4_999);
  expect(store.get().link.kind).toBe('connecting');
  clock.advance(1);
  expect(store.get().link.kind).toBe('broken');
  expect(opened[0]?.isClosed).toBe(true);
});

test('whoever is signed out is told so, and the stream is not tried again', async () => {
  const { clock, store, opened, last } = open(async () => false);
  last()?.handlers.onBroken();
  await expect.poll(() => store.get().link.kind).toBe('ended');
  clock.advance(60_000);
  expect(opened).toHaveLength(1);
});

test('tried at once when a person asks, and never after it was closed', () => {
  const { clock, opened, kept, last } = open();
  last()?.handlers.onBroken();
  kept.tryNow();
  expect(opened).toHaveLength(2);
  last()?.handlers.onBroken();
  kept.close();
  clock.advance(60_000);
  expect(opened).toHaveLength(2);
});

test('a tab that nobody sees for a minute gives its connection back, says so, and goes on where it was when it is shown', () => {
  const { store, opened, see, speak, last } = open();
  see(false);
  speak(59);
  expect(store.get().link.kind).toBe('live');
  speak(1);
  expect(last()?.isClosed).toBe(true);
  expect(store.get().link.kind).toBe('asleep');
  speak(600);
  expect(opened).toHaveLength(1);
  see(true);
  expect(last()?.url).toBe('/api/v1/live?after=41');
  expect(store.get().link.kind).toBe('asleep');
  last()?.handlers.onMessage('plane', plane, '');
  expect(store.get().link.kind).toBe('live');
});

test('a tab that is looked at again within the minute keeps its stream, and is given another minute', () => {
  const { store, opened, see, speak } = open();
  for (let turn = 0; turn < 3; turn += 1) {
    see(false);
    speak(59);
    see(true);
  }
  speak(120);
  expect(store.get().link.kind).toBe('live');
  expect(opened).toHaveLength(1);
});

test('a broken stream is not tried for ever where nobody looks', () => {
  const { clock, store, opened, see, last } = open();
  see(false);
  last()?.handlers.onBroken();
  clock.advance(60_000);
  const tried = opened.length;
  expect(store.get().link.kind).toBe('asleep');
  clock.advance(600_000);
  expect(opened).toHaveLength(tried);
  see(true);
  expect(opened).toHaveLength(tried + 1);
});

test('what was closed does not wake up', () => {
  const { clock, opened, kept, see } = open();
  see(false);
  kept.close();
  clock.advance(60_000);
  see(true);
  expect(opened).toHaveLength(1);
});

test.each(['permission-denied', 'session-ended'] as const)(
  'a stream that ends with %s is not tried again, also where nothing of it was drawn yet',
  (because) => {
    const { clock, store, opened, see, last } = open(undefined, never);
    last()?.handlers.onMessage('bye', JSON.stringify({ at, because, sentence: 'No.' }), '');
    last()?.handlers.onBroken();
    see(false);
    clock.advance(600_000);
    see(true);
    expect(opened).toHaveLength(1);
    expect(store.latest().link).toEqual({ kind: 'ended', because, sentence: 'No.' });
  },
);

test('after the computer slept the stream is opened anew at once, and what was sent before is not taken for new', () => {
  const { clock, store, opened, last } = open();
  last()?.handlers.onMessage('plane', plane, '41');
  const heardAtMs = store.get().heardAtMs ?? 0;
  clock.sleep(7_200_000);
  last()?.handlers.onMessage('plane', plane, '42');
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  expect(last()?.url).toBe('/api/v1/live?after=41');
  expect(store.get().link.kind).toBe('broken');
  expect(clock.nowMs() - heardAtMs).toBe(7_200_000);
  expect(store.get().heardAtMs).toBe(heardAtMs);
});

test('whoever comes back to a page is asked for anew, after its sleep and the computer’s', () => {
  let asked = 0;
  const { clock, see, speak } = open(async () => {
    asked += 1;
    return true;
  });
  see(false);
  speak(60);
  see(true);
  expect(asked).toBe(1);
  clock.sleep(10_000);
  clock.nowMs();
  expect(asked).toBe(2);
});
