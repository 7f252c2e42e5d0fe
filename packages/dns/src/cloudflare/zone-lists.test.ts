import { describe, expect, it, vi } from 'vitest';
import { soon } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { movesOf, servingMany, two, zoneName } from './testing.ts';

type Many = Awaited<ReturnType<typeof servingMany>>;

const lists = { path: /per_page=5000/, times: Number.POSITIVE_INFINITY };
const written = { status: 'fulfilled', value: { outcome: 'written' } };
const notAsked = { status: 'fulfilled', value: null };
const failed = (code: string) => ({ status: 'rejected', reason: { code } });
const never = () => new Promise<never>(() => undefined);

/** Writes by as many requests as are asked for. */
const write = ({ calls, refs }: Many, signal = soon()) =>
  calls.write(movesOf(refs), signal, { requests: calls.requestsFor?.(refs.length, zoneName).write ?? expect.fail() });
const isListed = ({ calls }: Many) => calls.mostTogether?.(zoneName) === Number.POSITIVE_INFINITY;

/** Until lifted, whoever asks gives up as soon as the request is there. */
function givingUp(served: Many, plan: object) {
  let limit = new AbortController();
  const until = () => {
    limit.abort();
    return never();
  };
  served.emulator.inject({ kind: 'delay', until }, plan);
  return () => {
    limit = new AbortController();
    return limit.signal;
  };
}

describe('a zone’s list that fails alone', () => {
  it.each([
    ['a failure of the server', { kind: 'before', reply: wrongReplies.page(502) }, 'dns_server_failure'],
    ['a page', { kind: 'before', reply: wrongReplies.page(200) }, 'dns_reply_malformed'],
    ['a closed connection', { kind: 'close', applied: true }, 'dns_unreachable'],
  ] as const)(
    'by %s is told once; the second time in succession its names go one by one, and move',
    async (_, fault, code) => {
      const served = await servingMany(5);
      served.emulator.inject(fault, lists);
      const unsent =
        code === 'dns_unreachable' ? {} : { details: { because: 'the look before the write failed', look: code } };
      const told = { status: 'rejected', reason: { code: 'dns_unreachable', ...unsent } };
      expect(await served.calls.read(served.refs, soon(), { requests: 1 })).toMatchObject(Array(5).fill(failed(code)));
      expect(await write(served)).toMatchObject(Array(5).fill(notAsked));
      expect(await write(served)).toMatchObject(Array(5).fill(written));
      expect(served.emulator.calls()).toMatchObject({ list: 2, look: 5, batch: 1 });
      const again = await servingMany(5);
      again.emulator.inject(fault, lists);
      expect(await write(again)).toMatchObject(Array(5).fill(told));
    },
  );

  it('by a refusal of the request is asked for again, and then its names go one by one, and move', async () => {
    const served = await servingMany(5);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'per_page') }, lists);
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(Array(5).fill(written));
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 5, batch: 1 });
  });

  it('by taking longer than a call has is told once more; then its names go one by one, and move', async () => {
    const served = await servingMany(5);
    const limit = givingUp(served, lists);
    for (const _ of ['once', 'twice'])
      expect(await write(served, limit())).toMatchObject(Array(5).fill(failed('dns_unreachable')));
    expect(isListed(served)).toBe(false);
    expect(await write(served, limit())).toMatchObject(Array(5).fill(written));
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 5, batch: 1 });
    expect(new Set(served.records().map(({ content }) => content))).toEqual(new Set([two]));
  });

  it('is not blamed by callers that gave up before it was sent', async () => {
    const served = await servingMany(5);
    const limit = givingUp(served, { path: /^\/zones\?/, times: 2 });
    for (const _ of ['once', 'twice']) await write(served, limit());
    await served.calls.read(served.refs.slice(0, 1), soon()); // its id is known from now on
    for (const _ of ['once', 'twice']) {
      const gone = new AbortController();
      const leaving = write(served, gone.signal);
      gone.abort();
      await leaving;
    }
    expect(await write(served)).toMatchObject(Array(5).fill(written));
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 1 });
  });

  it.each([
    ['a token', wrongReplies.refusal(403, 9109, 'no'), 'dns_token_restricted'],
    ['a zone', wrongReplies.refusal(404, 7003, 'no route'), 'dns_zone_id_wrong'],
    ['a rate', wrongReplies.refusal(429, 971, 'slow down'), 'dns_rate_limited'],
  ])(
    'for %s that single looks would meet as well is told each time, and by nothing more than a list',
    async (...given) => {
      const [, reply, code] = given;
      const served = await servingMany(5);
      served.emulator.inject({ kind: 'before', reply }, lists);
      for (const _ of ['once', 'twice', 'thrice'])
        expect(await write(served)).toMatchObject(Array(5).fill(failed(code)));
      expect(served.emulator.calls()).toMatchObject({ list: 3, look: 0 });
      expect(isListed(served)).toBe(true);
    },
  );
});

describe('a provider that fails altogether', () => {
  /** Makes the call, and gives up when so many requests are there, if it is not over by then. */
  async function once(served: Many, requests: number, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const limit = new AbortController();
    const { total } = served.emulator.calls();
    const called = call(limit.signal);
    const areThere = () => expect(served.emulator.calls().total - total).toBe(requests);
    await Promise.race([called, vi.waitFor(areThere, 20_000)]);
    limit.abort();
    await called;
  }

  it.each([
    ['with 5xx', { kind: 'before', reply: wrongReplies.page(503) }],
    ['to answer', { kind: 'silence', applied: false }],
  ] as const)('%s is asked for lists again once single names have failed, too (R22)', async (_, fault) => {
    const served = await servingMany(30);
    await served.calls.read(served.refs, soon());
    served.emulator.inject(fault, { times: Number.POSITIVE_INFINITY });
    for (const _ of ['once', 'twice']) await once(served, 1, (signal) => write(served, signal));
    expect(isListed(served)).toBe(false);
    await once(served, 20, (signal) => served.calls.write(movesOf(served.refs), signal, { requests: 21 }));
    expect(isListed(served)).toBe(true);
    await once(served, 1, (signal) => write(served, signal));
    expect(served.emulator.calls()).toMatchObject({ list: 1 + 3, look: 20 });
  });
});
