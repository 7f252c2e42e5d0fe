import type { Observer } from '../observer.ts';
import type { Truth } from '../truth.ts';
import { troublesDatabase } from './sides.ts';

/*
 * When each process could not have heard anybody, kept from the truth (R2). A stretch of one kind counts less what the rule forgives:
 *
 *   paused      all of it, when longer than a tick may be late (2 s)
 *   database    without the second in which the last write is young enough, and without the one tick (< 2 s) that ends it
 *   nobody      no new beat of anyone anywhere: without the 3 s in which the last one is fresh enough, and without that tick
 */

interface Span {
  readonly from: number;
  to: number;
}

const tickMs = 2_000;
const forgivenMs = { paused: 0, database: 1_000 + tickMs, nobody: 3_000 + tickMs } as const;
const keptSpans = 256;

export interface ListeningLedger extends Observer {
  /** Whether it held the lease then, as it saw it; asked of what is not long ago. */
  ledAt(replica: string, at: number): boolean;
  /** Since when the replica has had its present or last term; null = it never had one. */
  termSince(replica: string): number | null;
  /** The most of `[from, to]` that this replica can have proven to be silence of anyone. */
  mostProvenMs(replica: string, from: number, to: number): number;
  /** The instant from which on, up to `at`, the replica has run with its database for so long: what was stored before it, it can know. */
  ranSince(replica: string, at: number, forMs: number): number;
  /** Since when the replica's way to the database has been down without a break; null = it is not. */
  databaseDownSince(replica: string): number | null;
}

interface ReplicaLedger {
  leads: boolean;
  lapsedAt: number;
  termSince: number | null;
  term: number;
  readonly paused: Span[];
  readonly database: Span[];
  /** It stands still, or its reads may not be answered. */
  readonly unread: Span[];
}

export function keepListeningLedger(): ListeningLedger {
  const replicas = new Map<string, ReplicaLedger>();
  const nobody: Span[] = [];
  const latest = { heardAt: 0 };
  let truth: Truth | null = null;
  let isDirty = true;

  function of(replica: string): ReplicaLedger {
    const known = replicas.get(replica);
    if (known !== undefined) return known;
    const begun = {
      leads: false,
      lapsedAt: Number.NEGATIVE_INFINITY,
      termSince: null,
      term: 0,
      paused: [],
      database: [],
      unread: [],
    };
    replicas.set(replica, begun);
    return begun;
  }

  return {
    onBegin(begun) {
      truth = begun;
    },
    onFault() {
      isDirty = true;
    },
    onReplica() {
      isDirty = true;
    },
    onEvent(at) {
      if (!isDirty || truth === null) return;
      isDirty = false;
      const isTroubled = truth.faults.some(troublesDatabase);
      for (const { name, state, databaseReachable } of truth.replicas) {
        toggle(of(name).paused, state === 'paused', at);
        toggle(of(name).database, !databaseReachable, at);
        toggle(of(name).unread, state === 'paused' || !databaseReachable || isTroubled, at);
      }
    },
    onLease(replica, fence, at) {
      const ledger = of(replica);
      if (fence === null && ledger.leads) ledger.lapsedAt = at;
      ledger.leads = fence !== null;
      if (fence === null || fence.term === ledger.term) return; // a lease that lapsed and was renewed is the same term
      ledger.termSince = at;
      ledger.term = fence.term;
    },
    onBeatHeard({ verdict }, at) {
      if (verdict !== 'new') return;
      if (at - latest.heardAt > forgivenMs.nobody) push(nobody, { from: latest.heardAt, to: at });
      latest.heardAt = at;
    },
    ledAt: (replica, at) => of(replica).leads || of(replica).lapsedAt >= at,
    termSince: (replica) => of(replica).termSince,
    ranSince: (replica, at, forMs) => backBy(of(replica).unread, at, forMs),
    databaseDownSince: (replica) => openSince(of(replica).database),
    mostProvenMs(replica, from, to) {
      const { paused, database } = of(replica);
      const long = paused.filter((span) => Math.min(span.to, to) - span.from >= tickMs);
      const unheard = [...nobody, { from: latest.heardAt, to }];
      const lostMs = Math.max(
        lost(database, forgivenMs.database, from, to),
        lost(unheard, forgivenMs.nobody, from, to),
        lost(long, forgivenMs.paused, from, to),
      );
      return Math.max(0, to - from - lostMs);
    },
  };
}

/** The instant so far back from `at`, not counting the stretches. */
function backBy(spans: readonly Span[], at: number, forMs: number): number {
  let since = at - forMs;
  for (const span of spans.toReversed()) if (span.to > since) since -= Math.min(span.to, at) - span.from;
  return since;
}

/** Opens or closes the stretch that is going on. */
function toggle(spans: Span[], isBad: boolean, at: number): void {
  const open = openSince(spans);
  const last = spans.at(-1);
  if (isBad && open === null) push(spans, { from: at, to: Number.POSITIVE_INFINITY });
  else if (!isBad && open !== null && last !== undefined) last.to = at;
}

function openSince(spans: readonly Span[]): number | null {
  const last = spans.at(-1);
  return last !== undefined && last.to === Number.POSITIVE_INFINITY ? last.from : null;
}

function push(spans: Span[], span: Span): void {
  spans.push(span);
  if (spans.length > keptSpans) spans.shift();
}

/** What the stretches take from `[from, to]`; a stretch that began before is measured by the part of it that lies inside. */
function lost(spans: readonly Span[], forgiven: number, from: number, to: number): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from) - forgiven),
    0,
  );
}
