import { agentPaths } from '@serverctl/contract/agent';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakePlane } from './testing/fake-plane.ts';
import { createTestAgent } from './testing/test-agent.ts';

const { heartbeat, token, nonce } = agentPaths;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function beating(planeCount = 1) {
  const first = await new FakePlane().start();
  const planes = [first];
  while (planes.length < planeCount) planes.push(await new FakePlane(first).start());
  const agent = createTestAgent(planes);
  cleanUps.push(agent.stop, ...planes.map((plane) => () => plane.stop()));
  /** Waits, in real time, until the agent has made something of a reply. */
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  const [plane, second] = planes as [FakePlane, FakePlane];
  const lastCode = () => agent.seen.conditions.at(-1)?.code;
  return { ...agent, plane, second, until, lastCode };
}

describe('heartbeats to a control plane', () => {
  it('begin with seq 1 of a new boot and rise by one a second, in the form of the contract', async () => {
    const { clock, loop, plane } = await beating();
    loop.start();
    for (const count of [1, 2, 3]) {
      await plane.untilBeats(count);
      await clock.advance(1_000);
    }
    expect(plane.beats.slice(0, 3).map(({ boot, seq }) => [boot, seq])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(plane.tokenRequests.map(({ boot }) => boot)).toEqual([null]);
    expect(plane.problems).toEqual([]);
  });

  it('carry the state of the host at the time they are sent', async () => {
    const { clock, loop, host, plane } = await beating();
    loop.start();
    await plane.untilBeats(1);
    host.state = { ...host.state, packageLock: true };
    await clock.advance(150);
    loop.changed();
    await plane.untilBeats(2);
    expect(plane.beats.map(({ packageLock }) => packageLock)).toEqual([false, true]);
  });

  it('get a token again with the present boot when theirs is not accepted, and go on at once', async () => {
    const { clock, loop, plane } = await beating();
    loop.start();
    await plane.untilBeats(1);
    plane.forgetTokens();
    await clock.advance(1_000);
    await plane.untilBeats(2);
    expect(plane.tokenRequests.map(({ boot }) => boot)).toEqual([null, 1]);
    expect(plane.beats[1]?.seq).toBe(3); // 2 was the one that was refused: no number is used twice
  });

  it('renew the token at two thirds of its life, and go on meanwhile', async () => {
    const { clock, loop, plane } = await beating();
    plane.tokenSeconds = 9;
    loop.start();
    for (let beat = 1; beat <= 8; beat += 1) {
      await plane.untilBeats(beat);
      await clock.advance(1_000);
    }
    await plane.until(() => plane.tokenRequests.length === 2);
    expect(plane.tokenRequests[1]?.boot).toBe(1);
    expect(plane.beats.map(({ seq }) => seq).slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('of a key that nobody knows are tried every 8–12 s, to be heard soon after a restored database knows it again', async () => {
    const { clock, loop, plane, until, lastCode } = await beating();
    plane.always(nonce, { status: 401, code: 'agent_key_unknown' });
    loop.start();
    await until(() => lastCode() === 'agent_key_unknown');
    await clock.advance(7_500);
    expect(plane.requestCount).toBe(1);
    plane.always(nonce, null);
    await clock.advance(5_500);
    await plane.untilBeats(1);
  });

  it('that a newer boot superseded are quiet for 2–5 s and go on in a boot of their own', async () => {
    const { clock, loop, plane, until, lastCode } = await beating();
    loop.start();
    await plane.untilBeats(1);
    plane.once(heartbeat, { status: 409, code: 'agent_boot_superseded' });
    await clock.advance(1_000);
    await until(() => lastCode() === 'agent_boot_superseded');
    const before = plane.requestCount;
    loop.changed();
    await clock.advance(1_900);
    expect(plane.requestCount).toBe(before);
    await clock.advance(3_200);
    await plane.untilBeats(2);
    expect(plane.tokenRequests.map(({ boot }) => boot)).toEqual([null, null]);
    expect(plane.beats[1]).toMatchObject({ boot: 2, seq: 1 });
  });

  it('go on in a boot of their own too when that is said to the renewal of the token', async () => {
    const { clock, loop, plane, until, lastCode } = await beating();
    loop.start();
    await plane.untilBeats(1);
    plane.forgetTokens();
    plane.once(token, { status: 409, code: 'agent_boot_superseded' });
    await clock.advance(1_000);
    await until(() => lastCode() === 'agent_boot_superseded');
    await clock.advance(5_200);
    await plane.untilBeats(2);
    expect(plane.tokenRequests.at(-1)?.boot).toBeNull();
    expect(plane.beats[1]).toMatchObject({ boot: 2, seq: 1 });
  });

  it.each([
    ['says no more', {}, 900, 2_200],
    ['asks for longer', { retryAfterSeconds: 8 }, 7_900, 2_200],
    ['asks for too long', { retryAfterSeconds: 3_600 }, 29_900, 2_200],
  ])(
    'that are too many are quiet for 1–3 s, or as long as the control plane asks up to 30 s: it %s',
    async (_case, details, quietMs, restMs) => {
      const { clock, loop, plane, until, lastCode } = await beating();
      plane.once(token, { status: 429, code: 'rate_limited', details });
      loop.start();
      await until(() => lastCode() === 'rate_limited');
      const before = plane.requestCount;
      loop.changed();
      await clock.advance(quietMs);
      expect(plane.requestCount).toBe(before);
      await clock.advance(restMs);
      await plane.untilBeats(1);
      expect(plane.beats[0]).toMatchObject({ boot: 1, seq: 1 });
    },
  );

  it.each(['member_wrong_ip', 'member_wrong_hostname'])('go on each second with %s: they are heard', async (code) => {
    const { clock, loop, plane, until, seen } = await beating();
    plane.always(heartbeat, { status: 403, code });
    loop.start();
    for (const count of [1, 2, 3]) {
      await until(() => seen.conditions.length >= count);
      await clock.advance(1_000);
    }
    plane.always(heartbeat, null);
    await clock.advance(1_000);
    await plane.untilBeats(1);
    expect(plane.tokenRequests).toHaveLength(1);
  });
});

describe('heartbeats when an address fails', () => {
  it('go to the next at once after 503, with a number of their own', async () => {
    const { clock, loop, plane, second } = await beating(2);
    loop.start();
    await plane.untilBeats(1);
    plane.always(heartbeat, { status: 503, code: 'not_listening' });
    await clock.advance(1_000);
    await second.untilBeats(1);
    expect(second.beats[0]?.seq).toBe(3);
    expect(second.tokenRequests).toHaveLength(0);
  });

  it('go to the next after 2 s without a reply, and a beat is never sent twice', async () => {
    const { clock, loop, plane, second, until, lastCode } = await beating(2);
    loop.start();
    await plane.untilBeats(1);
    plane.always(heartbeat, 'hang');
    const before = plane.requestCount;
    await clock.advance(1_000);
    await plane.until(() => plane.requestCount > before);
    await clock.advance(2_000);
    await until(() => lastCode() !== 'heard');
    await second.untilBeats(1);
    expect(plane.beats.map(({ seq }) => seq)).toEqual([1]);
    expect(second.beats[0]?.seq).toBe(4); // 3 went beside 2, before its time was over
  });

  it.each(['drop', 'garbage'] as const)('go to the next slot at the next address after %s', async (answer) => {
    const { clock, loop, plane, second, until, lastCode } = await beating(2);
    loop.start();
    await plane.untilBeats(1);
    plane.always(heartbeat, answer);
    await clock.advance(1_000);
    await until(() => lastCode() === 'unreachable');
    expect(second.beats).toHaveLength(0);
    await clock.advance(1_000);
    await second.untilBeats(1);
  });

  it('go on each second while nobody answers, and are heard at once when somebody does', async () => {
    const { clock, loop, plane, until, seen } = await beating();
    await plane.stop();
    loop.start();
    for (let tries = 1; tries <= 5; tries += 1) {
      await until(() => seen.conditions.length >= tries);
      await clock.advance(1_000);
    }
    expect(seen.conditions.every(({ kind }) => kind === 'unreachable')).toBe(true);
    const again = new FakePlane();
    cleanUps.push(() => again.stop());
    again.publicKey = plane.publicKey;
    await again.start(Number(new URL(plane.url).port));
    await until(() => seen.conditions.length >= 6);
    await clock.advance(1_000);
    await again.untilBeats(1);
    expect(again.beats[0]?.seq).toBe(1);
  });
});

it('numbers rise strictly in the order of sending, whatever is answered and whatever changes', async () => {
  const answers = [
    null,
    'drop',
    'garbage',
    { status: 503, code: 'not_listening' },
    { status: 401, code: 'agent_token_invalid' },
    { status: 403, code: 'member_wrong_ip' },
  ] as const;
  const steps = fc.array(
    fc.record({ answer: fc.constantFrom(...answers), change: fc.boolean(), ms: fc.integer({ min: 0, max: 1_500 }) }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (happenings) => {
      const { clock, loop, plane, second, seen, stop } = await beating(2);
      loop.start();
      for (const { answer, change, ms } of happenings) {
        plane.always(heartbeat, answer);
        if (change) loop.changed();
        await clock.advance(ms);
      }
      plane.always(heartbeat, null);
      for (let tries = 0; plane.beats.length + second.beats.length === 0 && tries < 1_000; tries += 1)
        await clock.advance(100);
      stop();
      expect([...plane.problems, ...second.problems]).toEqual([]);
      for (const [index, { boot, seq }] of seen.numbers.entries()) {
        const before = seen.numbers[index - 1] ?? { boot: 1, seq: 0 };
        expect(boot > before.boot || (boot === before.boot && seq === before.seq + 1)).toBe(true);
      }
      const heard = [...plane.beats, ...second.beats].map(({ boot, seq }) => `${boot}/${seq}`);
      expect(new Set(heard).size).toBe(heard.length);
      await plane.stop();
      await second.stop();
    }),
    { numRuns: 40 },
  );
});
