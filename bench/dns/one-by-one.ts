import type { DnsName } from '@serverctl/core';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { cloudflareKind } from '../../apps/server/src/services/dns-providers/cloudflare.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import { inParallel } from '../src/in-parallel.ts';
import { startEmulated } from './emulated.ts';
import { addressOf, instance, poolIdOf } from './fleet.ts';
import { instantOf, noteMoves, publishedIn } from './thousand.ts';

/** The peer: the same names, each read and replaced by calls of its own. */
export interface OneByOne {
  readonly calls: number;
  /** Of each name, from the first call of all until the zone held its new address. */
  readonly publishedMs: readonly number[];
  readonly atOnce: number;
}

/** As many as the way out has connections: more would wait there, and use up their time. */
const atOnce = 16;
const limitMs = 10_000;
const unlimited = { requests: 1_000_000, windowSeconds: 300, lockOutSeconds: 300 };

/** Moves so many names without a publisher, a store or a limit: the least that calls of one name each can cost. */
export async function moveOneByOne(names: number): Promise<OneByOne> {
  const emulated = await startEmulated('bench.test' as DnsName, { limit: unlimited });
  const { emulator } = emulated;
  try {
    const port = Number(new URL(emulator.apiBase).port);
    const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port }] });
    const kind = cloudflareKind({ clock: systemClock, random: systemRandom, outbound, instance });
    const settings = { provider: 'cloudflare', apiBase: emulator.apiBase, zoneIds: {}, plan: 'free' } as const;
    const provider = kind.open(settings, emulated.token);
    const pools = publishedIn(emulated, names);
    const heldAt = noteMoves(emulated, pools);
    const beganAt = performance.now();
    await inParallel(pools, atOnce, async ({ number, name, zone }) => {
      const ref = { name, zone, type: 'A' } as const;
      const expected = await provider.read(ref, AbortSignal.timeout(limitMs));
      const next = { address: addressOf('b', number), ttlSeconds: 60 };
      const mark = { instance, pool: poolIdOf(number), epoch: 2 };
      await provider.replace({ ref, expected, next, mark }, AbortSignal.timeout(limitMs));
    });
    const publishedMs = pools.map(({ name }) => instantOf(heldAt, name) - beganAt);
    return { calls: emulator.calls().total, publishedMs, atOnce };
  } finally {
    await emulator.stop();
  }
}
