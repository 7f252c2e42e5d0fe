import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolLooks } from './pool-looks.ts';

/** How one member looked over a time, asked again and again as an operator would. */
export interface MemberSeen {
  /** Longest time without a heartbeat that any look showed. */
  longestSilenceMs: number;
  looks: number;
  readyLooks: number;
  /** Longest time over which no look showed it healthy. */
  longestUnhealthyMs: number;
  /** Longest time over which no look showed it ready; says something about standbys only. */
  longestNotReadyMs: number;
  readonly kinds: Set<string>;
}

const betweenLooksMs = 200;

/** Looks at every member of the fleet while `action` runs. Keyed by the host's name in the lab. */
export async function watchMembers(
  looks: PoolLooks,
  action: () => Promise<unknown>,
): Promise<ReadonlyMap<string, MemberSeen>> {
  const seen = new Map<string, MemberSeen>();
  const lastGood = new Map<string, { healthyMs: number; readyMs: number }>();
  let running = true;
  const look = async () => {
    const startedMs = performance.now();
    while (running) {
      const nowMs = performance.now();
      for (const { status } of await looks.all()) {
        for (const member of status.members) {
          const name = member.hostname.split('.')[0] ?? member.hostname;
          const good = lastGood.get(name) ?? { healthyMs: startedMs, readyMs: startedMs };
          if (member.health === 'healthy') good.healthyMs = nowMs;
          if (member.ready) good.readyMs = nowMs;
          lastGood.set(name, good);
          const one = seen.get(name) ?? unseen();
          one.looks += 1;
          if (member.ready) one.readyLooks += 1;
          one.kinds.add(member.health);
          one.longestSilenceMs = Math.max(one.longestSilenceMs, member.heartbeatAgeMs ?? 0);
          one.longestUnhealthyMs = Math.max(one.longestUnhealthyMs, Math.round(nowMs - good.healthyMs));
          one.longestNotReadyMs = Math.max(one.longestNotReadyMs, Math.round(nowMs - good.readyMs));
          seen.set(name, one);
        }
      }
      await sleep(betweenLooksMs);
    }
  };
  const looking = look();
  try {
    await action();
  } finally {
    running = false;
  }
  await looking;
  return seen;
}

function unseen(): MemberSeen {
  const never = { longestSilenceMs: 0, longestUnhealthyMs: 0, longestNotReadyMs: 0 };
  return { ...never, looks: 0, readyLooks: 0, kinds: new Set() };
}
