import { agentPaths, type HeartbeatReply, type TokenReply, type TokenRequest } from '@serverctl/contract/agent';
import { describe, expect, it } from 'vitest';
import { createBeat } from './beat.ts';
import type { Plane, PlaneOutcome } from './plane.ts';
import { createSession } from './session.ts';
import { FakeClock, settled } from './testing/fake-clock.ts';

const signer = { memberId: 'm-1', sign: (text: string) => `signed ${text}` };
const ok = <Reply>(reply: Reply) => ({ kind: 'ok', url: 'u', reply }) as const;

/** A control plane whose tokens are those given, one after the other, and whose other replies wait to be released. */
function planeOf(tokens: readonly TokenReply[]) {
  const left = [...tokens];
  const calls: { readonly path: string; readonly body: object }[] = [];
  const held: ((outcome: PlaneOutcome<HeartbeatReply | TokenReply>) => void)[] = [];
  const answer = async (path: string): Promise<PlaneOutcome<unknown>> => {
    if (path === agentPaths.nonce) return ok({ nonce: 'n' });
    const next = path === agentPaths.token ? left.shift() : undefined;
    if (next !== undefined) return ok(next);
    return new Promise((resolve) => held.push(resolve));
  };
  const plane: Plane = {
    urlCount: 1,
    call: (call) => {
      calls.push(call);
      return answer(call.path) as Promise<PlaneOutcome<never>>;
    },
  };
  return { plane, calls, held };
}

function sessionOf(...tokens: TokenReply[]) {
  const clock = new FakeClock();
  const { plane, calls, held } = planeOf(tokens);
  return { clock, calls, held, plane, session: createSession(plane, signer, clock) };
}

const token = (name: string, boot: number, expiresInSeconds = 900): TokenReply => ({
  token: name,
  boot,
  expiresInSeconds,
});

describe('a session', () => {
  it('signs the nonce for its member, first for a new boot and then within it', async () => {
    const { session, calls } = sessionOf(token('a', 4), token('b', 4));
    await session.open();
    await session.open();
    const proofs = calls.filter(({ path }) => path === agentPaths.token).map(({ body }) => body);
    expect(proofs).toMatchObject([
      { boot: null, signature: 'signed serverctl token v1\nn\nm-1\nnew' },
      { boot: 4, signature: 'signed serverctl token v1\nn\nm-1\n4' },
    ]);
  });

  it('counts beats on through a renewal, and from 1 in a boot that the control plane starts', async () => {
    const { session } = sessionOf(token('a', 4), token('b', 4), token('c', 9));
    await session.open();
    expect([session.nextBeat(), session.nextBeat()]).toEqual([
      { boot: 4, seq: 1 },
      { boot: 4, seq: 2 },
    ]);
    await session.open();
    expect(session.nextBeat()).toEqual({ boot: 4, seq: 3 });
    await session.open();
    expect(session.nextBeat()).toEqual({ boot: 9, seq: 1 });
  });

  it('has no token before it is opened, nor after its life, which is 15 minutes at most', async () => {
    const { session, clock } = sessionOf(token('a', 1, 1e9));
    expect(session.current()).toBeNull();
    await session.open();
    clock.jump(899_999);
    expect(session.current()).toBe('a');
    clock.jump(1);
    expect(session.current()).toBeNull();
  });

  it('keeps the new token when the old one is refused late', async () => {
    const { session } = sessionOf(token('a', 1), token('b', 1));
    await session.open();
    await session.open();
    session.forget('a');
    expect(session.current()).toBe('b');
    session.forget('b');
    expect(session.current()).toBeNull();
  });

  it('asks for a new boot after its boot was forgotten, also when a renewal of that boot was under way', async () => {
    const { session, calls, held } = sessionOf(token('a', 4));
    await session.open();
    const renewal = session.open();
    await settled();
    session.forgetBoot(4);
    held[0]?.(ok(token('b', 4)));
    await renewal;
    expect(session.current()).toBeNull();
    const anew = session.open();
    await settled();
    held[1]?.(ok(token('c', 9)));
    await anew;
    session.forgetBoot(4); // said late, about a beat of the old boot
    expect(session.current()).toBe('c');
    expect(session.nextBeat()).toEqual({ boot: 9, seq: 1 });
    expect(calls.filter(({ path }) => path === agentPaths.token).map(({ body }) => body)).toMatchObject([
      { boot: null },
      { boot: 4 },
      { boot: null },
    ]);
  });

  it('says in which boot it was superseded until it has another; a start and a renewal never do (R35)', async () => {
    const { session, calls, held } = sessionOf(token('a', 4), token('b', 4));
    await session.open();
    await session.open();
    session.forgetBoot();
    session.forgetBoot(); // two beats were told
    const lost = session.open();
    await settled();
    held[0]?.({ kind: 'unreachable', because: 'network', url: 'u', detail: 'timeout' });
    await lost;
    const again = session.open();
    await settled();
    held[1]?.(ok(token('c', 9)));
    await again;
    const renewed = session.open();
    await settled();
    held[2]?.(ok(token('d', 9)));
    await renewed;
    const said = calls.filter(({ path }) => path === agentPaths.token).map(({ body }) => body as TokenRequest);
    expect(said.map(({ boot, superseded }) => ({ boot, superseded }))).toEqual([
      { boot: null, superseded: undefined },
      { boot: 4, superseded: undefined },
      { boot: null, superseded: 4 },
      { boot: null, superseded: 4 },
      { boot: 9, superseded: undefined },
    ]);
  });

  it('is opened once for all who ask at the same time', async () => {
    const { session, calls } = sessionOf(token('a', 1));
    await Promise.all([session.open(), session.open(), session.open()]);
    expect(calls).toHaveLength(2);
  });

  it('that cannot be renewed is tried every 5 s, while the old token goes on', async () => {
    const { session, clock, calls, held } = sessionOf(token('a', 1));
    await session.open();
    clock.jump(600_000);
    for (let second = 0; second < 10; second += 1) {
      expect(session.current()).toBe('a');
      await settled();
      for (const release of held.splice(0))
        release({ kind: 'unreachable', because: 'network', url: 'u', detail: 'timeout' });
      await settled();
      clock.jump(1_000);
    }
    expect(calls.filter(({ path }) => path === agentPaths.token)).toHaveLength(3);
  });
});

it('of two beats in flight the later one’s reply counts, in whatever order they come', async () => {
  const { session, plane, held } = sessionOf(token('a', 1));
  const epochs: number[] = [];
  const beat = createBeat({
    plane,
    session,
    readHost: async () => ({ hostname: 'm1', publicIpv4: null, units: [], packageLock: false, haproxy: null }),
    agentVersion: 'test',
    onReply: ({ epoch }) => void epochs.push(epoch),
    onCondition: () => undefined,
  });
  await session.open();
  const both = [beat(), beat()];
  await settled();
  const reply = { role: 'active', units: [], intervalMs: 1_000, dropped: false } as const;
  held[1]?.(ok({ ...reply, epoch: 2 }));
  await settled();
  held[0]?.(ok({ ...reply, epoch: 1 }));
  await Promise.all(both);
  expect(epochs).toEqual([2]);
});
