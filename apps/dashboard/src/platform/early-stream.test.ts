import { expect, test } from 'vitest';
import { createEarlyStream } from './early-stream.ts';
import type { EventStreamHandlers } from './event-stream.ts';

function streams() {
  const opened: { readonly url: string; readonly handlers: EventStreamHandlers; isClosed: boolean }[] = [];
  const early = createEarlyStream((url, _names, handlers) => {
    const stream = { url, handlers, isClosed: false };
    opened.push(stream);
    return {
      close() {
        stream.isClosed = true;
      },
    };
  });
  const heard: string[] = [];
  const hear: EventStreamHandlers = {
    onMessage: (name) => heard.push(name),
    onBroken: () => heard.push('broken'),
  };
  return { early, opened, heard, hear };
}

test('what came before somebody listened is heard first, and the rest as it comes, by one stream', () => {
  const { early, opened, heard, hear } = streams();
  early.begin('/live', ['snapshot', 'beats']);
  opened[0]?.handlers.onMessage('snapshot', '{}', '1');
  const stream = early.open('/live', ['snapshot', 'beats'], hear);
  opened[0]?.handlers.onMessage('beats', '{}', '1');
  opened[0]?.handlers.onBroken();
  expect(heard).toEqual(['snapshot', 'beats', 'broken']);
  stream.close();
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true]);
});

test('one that broke before, as for who is not signed in, is forgotten: the next is a new one', () => {
  const { early, opened, heard, hear } = streams();
  early.begin('/live', []);
  opened[0]?.handlers.onBroken();
  early.open('/live', [], hear);
  expect([opened.length, heard]).toEqual([2, []]);
});

test('one that nobody takes within seconds is closed, and what it said is not kept', () => {
  const { early, opened, heard, hear } = streams();
  early.begin('/live', []);
  for (let second = 0; second < 9; second += 1) opened[0]?.handlers.onMessage('plane', '{}', '');
  expect(opened[0]?.isClosed).toBe(true);
  early.open('/live', [], hear);
  expect([opened.length, heard]).toEqual([2, []]);
});

test('it is handed over once, and never for another address', () => {
  const { early, opened, hear } = streams();
  early.begin('/live', []);
  early.open('/live?after=4', [], hear);
  early.open('/live', [], hear);
  expect(opened.map(({ url, isClosed }) => [url, isClosed])).toEqual([
    ['/live', true],
    ['/live?after=4', false],
    ['/live', false],
  ]);
});
