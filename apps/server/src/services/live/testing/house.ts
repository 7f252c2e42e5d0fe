import { type LiveMessages, liveMessages, type PoolView, type ReadyView } from '@serverctl/contract';
import { type Access, fullAccess, type Grant, type Listening, type PoolId, type Role } from '@serverctl/core';
import { createFakeClock, type FakeClock } from '@serverctl/testkit';
import type { Principal } from '../../accounts/principal.ts';
import { createLiveDesk, type LiveDesk, type OpenStream } from '../live-desk.ts';
import type { MinuteRead } from '../minute.ts';
import type { HeardListening } from '../picture.ts';
import type { LiveSource } from '../source.ts';
import { aView } from './views.ts';

/** A desk on a clock that stands still, over pools and events that a test sets. */
export interface LiveHouse {
  readonly clock: FakeClock;
  readonly desk: LiveDesk;
  /** What the database holds, and whether it answers. */
  readonly world: World;
  /** A change notice. */
  readonly ring: () => void;
  /** How often the pools were read, and what became of it. */
  readonly reads: () => number;
  readonly failures: readonly unknown[];
  readonly subscribers: () => number;
  open(asked?: Partial<Asked>): Reader;
}

export interface World {
  pools: readonly PoolView[];
  listening: HeardListening | null;
  events: LiveSource['events'];
  /** Set: the database answers when it resolves. */
  silence: Promise<void> | null;
  /** Set: the database refuses. */
  refusal: Error | null;
  checks: ReadyView['checks'];
  leader: Awaited<ReturnType<LiveSource['leader']>>;
  minute: MinuteRead | null;
}

interface Asked {
  readonly principal: Principal;
  readonly prove: () => Promise<Principal | null>;
  readonly after: number | null;
  /** False: it takes nothing but the first words until it is asked to. */
  readonly reads: boolean;
}

type Name = keyof LiveMessages;

/** One who reads a stream as a socket does. */
export interface Reader {
  readonly stream: OpenStream;
  /** Names of what it was told, in order. */
  names(): readonly Name[];
  /** What came by that name, oldest first. */
  told<N extends Name>(name: N): readonly LiveMessages[N][];
  /** Ids of what was told, in order. */
  ids(): readonly number[];
  /** Forgets what was told. */
  clear(): void;
  /** Takes the next chunk. */
  take(): Promise<void>;
  readonly ended: () => boolean;
}

export const listening: Listening = {
  blindBecause: null,
  blindForMs: 0,
  heardMembers: 3,
  enrolledMembers: 4,
  nobodyHeardForMs: 0,
  nobodyHeardAfterMs: 30_000,
};

export const someone = (access: Access = fullAccess, id = 'u1'): Principal => ({
  kind: 'user',
  actor: `user:${id}@example.com`,
  access,
  userId: id,
  sessionId: 's1',
  isSteppedUp: false,
});

export function roleIn(role: Role, ...pools: readonly (string | null)[]): Access {
  return { grants: pools.map((poolId): Grant => ({ role, poolId: poolId as PoolId | null })), scope: null };
}

export function openLiveHouse(): LiveHouse {
  const clock = createFakeClock();
  const callbacks = new Set<() => void>();
  const failures: unknown[] = [];
  let reads = 0;
  const world: World = {
    pools: [aView('A'), aView('B')],
    listening: null,
    events: async () => [],
    silence: null,
    refusal: null,
    checks: ['database', 'lease'].map((name) => ({ name, ok: true, sentence: `${name} is well.` })),
    leader: { holder: 'one', term: 4 },
    minute: null,
  };
  const answer = async () => {
    await world.silence;
    if (world.refusal !== null) throw world.refusal;
  };
  const subscribe = (wake: () => void) => {
    callbacks.add(wake);
    return () => void callbacks.delete(wake);
  };
  const desk = createLiveDesk({
    clock,
    version: '1.2.3',
    minute: { read: () => world.minute },
    source: {
      async pools() {
        await answer();
        reads += 1;
        return { views: world.pools, listening: world.listening };
      },
      async events(range) {
        await answer();
        return world.events(range);
      },
      async newestEvent() {
        await answer();
        const [newest] = await world.events({ after: null, pools: 'all', kinds: 'all', limit: 1 });
        return newest?.seq ?? 0;
      },
      async leader() {
        await answer();
        return world.leader;
      },
    },
    async readiness() {
      await world.silence;
      return { ready: true, checks: world.checks };
    },
    onEvent: subscribe,
    onPoolChange: subscribe,
    onReading: (error) => void failures.push(error),
  });
  return {
    clock,
    desk,
    world,
    failures,
    ring: () => {
      for (const wake of callbacks) wake();
    },
    reads: () => reads,
    subscribers: () => callbacks.size,
    open({ principal = someone(), prove = async () => principal, after = null, reads: takes = true } = {}) {
      return readerOf(desk.open({ principal, prove, after }), takes);
    },
  };
}

function readerOf(stream: OpenStream, takesAll: boolean): Reader {
  const chunks = stream.chunks();
  let messages: { readonly name: Name; readonly id: number | null; readonly data: unknown }[] = [];
  let isOver = false;
  async function take(): Promise<void> {
    const { value, done } = await chunks.next();
    if (done === true) isOver = true;
    else messages.push(...String(value).split('\n\n').flatMap(messageIn));
  }
  async function takeAll(): Promise<void> {
    while (!isOver) await take();
  }
  if (takesAll) void takeAll();
  return {
    stream,
    names: () => messages.map(({ name }) => name),
    told: (name) => messages.filter((one) => one.name === name).map(({ data }) => data as never),
    ids: () => messages.map(({ id }) => id).filter((id) => id !== null),
    clear: () => {
      messages = [];
    },
    take,
    ended: () => isOver,
  };
}

function messageIn(block: string) {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
  const name = field('event') as Name | null;
  if (name === null) return [];
  const id = field('id');
  return [
    { name, id: id === null ? null : Number(id), data: liveMessages[name].parse(JSON.parse(field('data') ?? '')) },
  ];
}
