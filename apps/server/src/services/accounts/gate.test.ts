import { expect, test } from 'vitest';
import { createGate, type Lane } from './gate.ts';

/** Work that says when it runs, and ends when it is told to. */
function openGate(limits: Parameters<typeof createGate>[0]) {
  const gate = createGate(limits);
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (lane: Lane, name: string) =>
    gate
      .run(lane, async () => {
        running.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        running.splice(running.indexOf(name), 1);
      })
      .then(
        () => 'done',
        (error) => error.code,
      );
  const end = async (name: string, done: Promise<unknown>) => {
    ends.get(name)?.();
    await done;
    await settle();
  };
  return { begin, end, running };
}
/** What is promised by now is done. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('strangers have no more than their part of the places, and whoever is known has the others', async () => {
  const { begin, end, running } = openGate({ atOnce: 3, strangersAtOnce: 1, waiting: 8 });
  const first = begin('stranger', 's1');
  void begin('stranger', 's2');
  const known = begin('proven', 'p1');
  await settle();
  expect(running).toEqual(['s1', 'p1']);
  await end('p1', known);
  expect(running).toEqual(['s1']);
  await end('s1', first);
  expect(running).toEqual(['s2']);
});

test('a place that becomes free goes to whoever is known, then to the stranger who has waited longest', async () => {
  const { begin, end, running } = openGate({ atOnce: 1, waiting: 8 });
  const first = begin('stranger', 's1');
  const second = begin('stranger', 's2');
  void begin('stranger', 's3');
  const known = begin('proven', 'p1');
  await settle();
  await end('s1', first);
  expect(running).toEqual(['p1']);
  await end('p1', known);
  expect(running).toEqual(['s2']);
  await end('s2', second);
  expect(running).toEqual(['s3']);
});

test('agents go before strangers and after people, have every place, and a line of their own', async () => {
  const { begin, end, running } = openGate({ atOnce: 2, strangersAtOnce: 1, waiting: 1 });
  const first = begin('agent', 'a1');
  const second = begin('agent', 'a2');
  void begin('stranger', 's1');
  const third = begin('agent', 'a3');
  const known = begin('proven', 'p1');
  await settle();
  expect(running).toEqual(['a1', 'a2']);
  expect(await begin('agent', 'a4')).toBe('rate_limited');
  await end('a1', first);
  expect(running).toEqual(['a2', 'p1']);
  await end('p1', known);
  expect(running).toEqual(['a2', 'a3']);
  await end('a2', second);
  expect(running).toEqual(['a3', 's1']);
  await end('a3', third);
});

test('beyond its line each lane is refused at once, and work that failed gives its place back', async () => {
  const { begin, end, running } = openGate({ atOnce: 1, waiting: 1 });
  const first = begin('stranger', 's1');
  void begin('stranger', 's2');
  void begin('proven', 'p1');
  expect(await begin('stranger', 's3')).toBe('rate_limited');
  expect(await begin('proven', 'p2')).toBe('rate_limited');
  await end('s1', first);
  expect(running).toEqual(['p1']);
  const gate = createGate({ atOnce: 1, waiting: 0 });
  await expect(gate.run('stranger', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await gate.run('stranger', async () => 'free')).toBe('free');
});
