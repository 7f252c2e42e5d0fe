import { expect, test } from 'vitest';
import type { EventStreamHandlers } from '../../platform/event-stream.ts';
import { createFakeClock } from '../testing/clock.ts';
import { keepLive } from './keep-live.ts';
import { createLiveStore } from './live-store.ts';

const at = '2026-11-24T08:20:00.000Z';
const plane = JSON.stringify({ at, readAt: at });

function open(isSignedIn: () => Promise<boolean> = async () => true) {
  const clock = createFakeClock();
  const store = createLiveStore(clock, { soon: (task) => task() });
  const opened: { readonly url: string; readonly handlers: EventStreamHandlers; isClosed: boolean }[] = [];
  const kept = keepLive({
    store,
    clock,
    isSignedIn,
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
  return { clock, store, opened, kept, last: () => opened.at(-1) };
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
