import { describe, expect, it } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import { callsOf, one, ref, serving, servingMany, two } from './testing.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands until it is told. */
function standingClock() {
  const sleepers: { ms: number; wake: () => void }[] = [];
  return {
    sleepers,
    sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ ms, wake })),
  };
}

describe('a write that is carried out long after everybody gave it up (I4)', () => {
  it.each([
    ['35 s', 35_000],
    ['10 min', 600_000],
  ])('%s later wins, is told apart by its mark, and mended by the next write', async (_, ms) => {
    const clock = standingClock();
    const served = await serving({ sleep: clock.sleep });
    served.given();
    served.emulator.inject({ kind: 'late', ms }, { methods: ['PATCH'] });
    const expected = await served.provider.read(ref, soon());
    const gone = new AbortController();
    const request = { ref, expected, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) };
    const late = served.provider.replace(request, gone.signal);
    while (served.emulator.calls().patch === 0) await turn();
    gone.abort();
    await expect(late).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
    await served.move(one, 2);
    while (clock.sleepers.length === 0) await turn();
    expect(clock.sleepers.map((sleeper) => sleeper.ms)).toEqual([ms]);
    clock.sleepers[0]?.wake();
    while (served.record()?.content !== two) await turn();
    expect(await served.provider.read(ref, soon())).toMatchObject({ mark: { kind: 'ours', mark: markOf(1) } });
    expect(await served.move(one, 2)).toMatchObject({ outcome: 'written' });
    expect(served.records()).toMatchObject([{ content: one }]);
  });

  it('as a batch wins for every name in it, and is mended by one batch', async () => {
    const held = Promise.withResolvers<void>();
    const served = await servingMany(5);
    served.emulator.inject({ kind: 'delay', until: () => held.promise }, { path: /batch$/ });
    const read = async () => {
      const outcomes = await served.calls.read(served.refs, soon());
      return outcomes.map((outcome) => (outcome.status === 'fulfilled' && outcome.value) || expect.fail('no view'));
    };
    const writesOf = async (address: typeof one, epoch: number) => {
      const views = await read();
      const next = { address, ttlSeconds: 60 };
      return served.refs.map((name, n) => ({
        ref: name,
        expected: views[n] ?? expect.fail(),
        next,
        mark: markOf(epoch),
      }));
    };
    const gone = new AbortController();
    const late = served.calls.write(await writesOf(two, 1), gone.signal);
    while (served.emulator.calls().batch === 0) await turn();
    gone.abort();
    expect(await late).toMatchObject(Array(5).fill({ reason: { code: 'dns_outcome_unknown' } }));
    await served.calls.write(await writesOf(one, 2), soon());
    held.resolve();
    while (served.record()?.content !== two) await turn();
    expect((await read()).map(({ mark }) => mark)).toEqual(Array(5).fill({ kind: 'ours', mark: markOf(1) }));
    await callsOf(served).write(await writesOf(one, 2), soon());
    expect(served.emulator.calls().batch).toBe(3);
    expect(new Set(served.records().map(({ content }) => content))).toEqual(new Set([one]));
  });
});
