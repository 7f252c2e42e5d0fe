import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { killChild } from './children.ts';
import type { Stage, StageMember } from './stage.ts';

/** What a client saw since it began. */
export interface TrafficSums {
  /** Exchanges that came back as they should. */
  readonly done: number;
  readonly failed: number;
  /** The longest exchange. */
  readonly longestMs: number;
  readonly lastFailure: string | null;
}

/** A client that keeps one HAProxy busy until it is stopped. */
export interface Traffic {
  readonly sums: TrafficSums;
  /** Resolves once so many exchanges more have succeeded: it flows now. */
  flows(exchanges?: number): Promise<TrafficSums>;
  stop(): Promise<void>;
}

/** Starts a client on the lab's client host and waits until its traffic flows: `requests` = HTTP, `session` = one TCP connection for ever. */
export async function startTraffic(
  stage: Stage,
  kind: 'requests' | 'session',
  member: StageMember,
  port: number,
): Promise<Traffic> {
  const program = fileURLToPath(import.meta.resolve('./client-traffic-main.ts'));
  const child = stage.spawnAtClient([process.execPath, program, kind, member.address, String(port)]);
  let sums: TrafficSums = { done: 0, failed: 0, longestMs: 0, lastFailure: null };
  if (child.stdout === null) throw new Error('the client has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    sums = JSON.parse(line) as TrafficSums;
  });
  const traffic: Traffic = {
    get sums() {
      return sums;
    },
    async flows(exchanges = 10) {
      const wanted = sums.done + exchanges;
      await expect.poll(() => sums.done, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(wanted);
      return sums;
    },
    stop: () => killChild(child),
  };
  await traffic.flows();
  return traffic;
}
