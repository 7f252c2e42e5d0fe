import { AppError } from '@serverctl/core';
import type { AskRecursive, RecursiveAnswer } from '@serverctl/dns';
import { beforeEach, expect, test, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { createResolverDesk, type ResolverDesk } from './resolver-desk.ts';

const [one, other] = [
  { address: '192.0.2.53', port: 53 },
  { address: '2001:db8::53', port: 54 },
] as const;
const record = { name: 'lb.example.com', type: 'A' } as const;
const right: RecursiveAnswer = { kind: 'answered', addresses: ['198.51.100.11'], ttlSeconds: 42 };
const told = { ...right, moreAddresses: 0 };

let clock: FakeClock;
let asked: string[];
let answer: AskRecursive;
let desk: ResolverDesk;
const warn = vi.fn();
beforeEach(() => {
  clock = createFakeClock();
  asked = [];
  answer = async () => right;
  const askRecursive: AskRecursive = (resolver, name, type, signal) => {
    asked.push(`${resolver.address} ${resolver.port} ${name} ${type}`);
    return answer(resolver, name, type, signal);
  };
  warn.mockClear();
  desk = createResolverDesk({ clock, askRecursive, log: { warn } });
});

/** As a real one: it ends with its signal. */
const silent: AskRecursive = (_resolver, _name, _type, signal) =>
  new Promise((_resolve, reject) => {
    const end = () => reject(new AppError('dns_unreachable', { because: 'aborted' }));
    signal.addEventListener('abort', end);
  });

test('each resolver is asked once and told in its place, with the moment at which it was asked', async () => {
  expect(await desk.ask([one, other], record)).toEqual([
    { resolver: '192.0.2.53', askedAt: clock.wallTime(), answer: told },
    { resolver: '[2001:db8::53]:54', askedAt: clock.wallTime(), answer: told },
  ]);
  expect(asked).toEqual(['192.0.2.53 53 lb.example.com A', '2001:db8::53 54 lb.example.com A']);
  expect(await desk.ask([], record)).toEqual([]);
});

test('what was heard is kept for five seconds, for whoever asks meanwhile; another record is another question', async () => {
  const [first] = await desk.ask([one], record);
  await clock.advance(4_999);
  expect(await desk.ask([one], record)).toEqual([first]);
  expect(asked).toHaveLength(1);
  await desk.ask([one], { ...record, type: 'AAAA' });
  await desk.ask([one], { ...record, name: 'www.example.com' });
  expect(asked).toHaveLength(3);
  await clock.advance(1);
  const [later] = await desk.ask([one], record);
  expect(asked).toHaveLength(4);
  expect(later?.askedAt.getTime()).toBe((first?.askedAt.getTime() ?? 0) + 5_000);
});

test('two who ask in the same moment ask as one', async () => {
  answer = silent;
  const both = Promise.all([desk.ask([one], record), desk.ask([one], record)]);
  await clock.advance(2_500);
  const [first, second] = await both;
  expect(first).toEqual(second);
  expect(asked).toHaveLength(1);
});

test('a silent one is given up after 2 s and delays no other', async () => {
  answer = (resolver, ...rest) => (resolver === one ? silent(resolver, ...rest) : Promise.resolve(right));
  let heard: unknown = null;
  const asking = desk.ask([one, other], record).then((answers) => {
    heard = answers;
  });
  await clock.advance(1_900);
  expect(heard).toBeNull();
  await clock.advance(300);
  await asking;
  expect(heard).toMatchObject([{ answer: { kind: 'none', because: 'no answer within 2 s' } }, { answer: told }]);
  await clock.advance(2_800);
  expect(clock.pendingTimers).toBe(0);
});

test('what was heard is dropped after its five seconds, though nobody asks again; and at once at the end', async () => {
  await desk.ask([one, other], record);
  expect(clock.pendingTimers).toBe(2);
  await clock.advance(5_000);
  expect(clock.pendingTimers).toBe(0);
  await desk.ask([one, other], record);
  desk.close();
  expect(clock.pendingTimers).toBe(0);
  await desk.ask([one], record);
  expect(asked).toHaveLength(5);
});

test('of an answer without end the first sixteen addresses are kept, and how many there were besides', async () => {
  const addresses = Array.from({ length: 60 }, (_, index) => `198.51.100.${index}`);
  answer = async () => ({ kind: 'answered', addresses, ttlSeconds: 42 });
  const [heard] = await desk.ask([one], record);
  expect(heard?.answer).toMatchObject({ addresses: addresses.slice(0, 16), moreAddresses: 44 });
});

test.each<[string, () => Promise<RecursiveAnswer>, string]>([
  ['REFUSED', async () => ({ kind: 'failed', rcode: 'REFUSED' }), 'REFUSED'],
  ['SERVFAIL', async () => ({ kind: 'failed', rcode: 'SERVFAIL' }), 'SERVFAIL'],
  ['no recursion', async () => ({ kind: 'not-recursive' }), 'no recursive resolver'],
  ['nobody', () => Promise.reject(new AppError('dns_unreachable', { because: 'network' })), 'cannot be reached'],
  ['no DNS', () => Promise.reject(new AppError('dns_reply_malformed')), 'cannot be read'],
  ['a forbidden one', () => Promise.reject(new AppError('outbound_forbidden')), 'not allowed'],
])('%s is told, and nothing fails', async (_what, answers, because) => {
  answer = answers;
  const [heard] = await desk.ask([one], record);
  expect(heard?.answer).toEqual({ kind: 'none', because: expect.stringContaining(because) });
});

test('what nobody foresaw is told to whoever reads the log, and never passes for a resolver that is away', async () => {
  const error = new TypeError('a mistake of ours');
  answer = () => Promise.reject(error);
  const [heard] = await desk.ask([one], record);
  expect(heard?.answer).toEqual({ kind: 'none', because: 'it could not be asked; see the server’s log' });
  const fields = { err: error, resolver: '192.0.2.53', ...record };
  expect(warn.mock.calls).toEqual([[fields, expect.stringContaining('could not be asked')]]);
});

test('a resolver that is away, late or refuses is its own matter, and not logged', async () => {
  answer = () => Promise.reject(new AppError('dns_unreachable', { because: 'network' }));
  await desk.ask([one], record);
  answer = () => new Promise(() => {});
  const late = desk.ask([other], record);
  await clock.advance(2_500);
  expect((await late)[0]?.answer).toMatchObject({ because: 'no answer within 2 s' });
  expect(warn).not.toHaveBeenCalled();
});

test('of very many questions at once some are not asked, and that is not kept', async () => {
  answer = silent;
  const names = Array.from({ length: 257 }, (_, index) => ({ ...record, name: `n${index}.example.com` }));
  const all = Promise.all(names.map((name) => desk.ask([one], name)));
  await clock.advance(2_500);
  const last = (await all).at(-1);
  expect(asked).toHaveLength(256);
  expect(last?.[0]?.answer).toMatchObject({ because: expect.stringContaining('not asked') });
  answer = async () => right;
  expect((await desk.ask([one], names.at(-1) ?? record))[0]?.answer).toEqual(told);
});

test('so much is kept and no more: the oldest is asked for anew', async () => {
  for (let index = 0; index < 2_100; index += 1) await desk.ask([one], { ...record, name: `n${index}.example.com` });
  const before = asked.length;
  await desk.ask([one], { ...record, name: 'n2099.example.com' });
  expect(asked).toHaveLength(before);
  await desk.ask([one], { ...record, name: 'n0.example.com' });
  expect(asked).toHaveLength(before + 1);
});
