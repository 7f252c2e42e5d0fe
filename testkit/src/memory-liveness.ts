import { AppError, type HostReport, type Instant, type MemberId, type Refusal } from '@serverctl/core';
import type { Clock } from '../../apps/server/src/platform/clock.ts';
import type { HeardMember, Liveness, LivenessNews, Watermark } from '../../apps/server/src/worker/ports.ts';
import { createBell } from './bell.ts';

/*
 * One process that hears agents, in memory, with the two places where the real one can be late:
 *
 *   beat() ──► heard, not yet stored ──(flush: each 250 ms, on a change, when asked)──► stored: news() shows it, watermark moves
 *
 * While the database is down nothing is stored and news() rejects; what was heard meanwhile is stored afterwards. A stuck watermark is
 * a flusher that hangs: news() answers, but nothing new arrives, and flush() does not come back until it goes on.
 */

export interface Beat {
  readonly report?: HostReport;
  readonly declaredIpv4?: string | null;
  readonly declaredIpv6?: string | null;
  readonly seenIp?: string;
  readonly refusal?: Refusal | null;
  readonly boot?: number;
}

export interface MemoryLiveness extends Liveness {
  /** One heartbeat heard now. A changed report is stored at once and wakes the loop (R6). */
  beat(memberId: MemberId, beat?: Beat): void;
  /** Flushes on its timer until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  databaseDown: boolean;
  flusherStuck: boolean;
  readonly flushes: number;
}

export const flushEveryMs = 250;

interface StoredBeat extends HeardMember {
  readonly changeNo: number;
}

export function memoryLiveness(clock: Clock, listenerId = 'listener-1', instantOffsetMs = 0): MemoryLiveness {
  const bell = createBell();
  const heard = new Map<MemberId, HeardMember>();
  const stored = new Map<MemberId, StoredBeat>();
  const waiting = new Set<MemberId>();
  let watermark: Watermark | null = null;
  let changeNo = 0;
  const state = { databaseDown: false, flusherStuck: false, flushes: 0 };
  const listenerNow = (): Instant => clock.now() + instantOffsetMs;

  function flush(): void {
    if (state.databaseDown) throw new AppError('database_unavailable');
    if (state.flusherStuck) return;
    state.flushes += 1;
    for (const memberId of waiting) {
      const member = heard.get(memberId);
      if (member !== undefined) stored.set(memberId, { ...member, changeNo: ++changeNo });
    }
    waiting.clear();
    watermark = { listenerId, atMs: listenerNow() };
  }

  function tryFlush(): boolean {
    if (state.databaseDown || state.flusherStuck) return false;
    flush();
    return true;
  }

  return Object.assign(state, {
    beat(memberId: MemberId, beat: Beat = {}) {
      const known = heard.get(memberId);
      const next = heardNow(memberId, beat, known, listenerId, listenerNow());
      heard.set(memberId, next);
      waiting.add(memberId);
      if (differs(known, next) && tryFlush()) bell.ring();
    },
    async news(cursor: string | null): Promise<LivenessNews> {
      if (state.databaseDown) throw new AppError('database_unavailable');
      const since = cursor === null ? 0 : Number(cursor);
      const fresh = [...stored.values()].filter((one) => one.changeNo > since).sort((a, b) => a.changeNo - b.changeNo);
      return { heard: fresh, watermarks: watermark === null ? [] : [watermark], cursor: String(changeNo) };
    },
    async flush() {
      while (state.flusherStuck) await clock.sleep(flushEveryMs);
      flush();
    },
    onChange: bell.subscribe,
    async run(signal: AbortSignal) {
      while (!signal.aborted) {
        tryFlush();
        await clock.sleep(flushEveryMs, signal);
      }
    },
  });
}

const runningHost: HostReport = {
  units: [
    {
      unit: 'haproxy.service',
      loadState: 'loaded',
      activeState: 'active',
      subState: 'running',
      job: null,
      answers: null,
    },
  ],
  packageLock: false,
};

function heardNow(
  memberId: MemberId,
  beat: Beat,
  known: HeardMember | undefined,
  listenerId: string,
  heardAtMs: Instant,
): HeardMember {
  return {
    memberId,
    listenerId,
    boot: beat.boot ?? known?.boot ?? 1,
    seq: (known?.seq ?? 0) + 1,
    heardAtMs,
    report: beat.report ?? known?.report ?? runningHost,
    declaredIpv4: beat.declaredIpv4 ?? known?.declaredIpv4 ?? null,
    declaredIpv6: beat.declaredIpv6 ?? known?.declaredIpv6 ?? null,
    seenIp: beat.seenIp ?? known?.seenIp ?? '192.0.2.1',
    refusal: beat.refusal === undefined ? (known?.refusal ?? null) : beat.refusal,
  };
}

function differs(known: HeardMember | undefined, next: HeardMember): boolean {
  if (known === undefined) return true;
  const said = ({ boot, report, declaredIpv4, declaredIpv6, seenIp, refusal }: HeardMember) =>
    JSON.stringify([boot, report, declaredIpv4, declaredIpv6, seenIp, refusal]);
  return said(known) !== said(next);
}
