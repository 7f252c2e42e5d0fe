import type { Observer } from '../observer.ts';
import type { ReplicaTruth, Truth } from '../truth.ts';
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
  /** When the replica's present run, leading and with its database, had looked for so long after `at`; Infinity = it has not. */
  lookedBy(replica: string, at: number, forMs: number): number;
  /** Since when the replica has stood still or been dead without a break; null = it runs. */
  downSince(replica: string): number | null;
  /** When the replica's machine last went on after it had been suspended for longer than a tick; null = it never was. */
  wokeAt(replica: string): number | null;
  /** Since when the replica's way to the database has been down without a break; null = it is not. */
  databaseDownSince(replica: string): number | null;
}

interface ReplicaLedger {
  leads: boolean;
  lapsedAt: number;
  /** Since when its machine stands still; null = it does not. */
  suspendedAt: number | null;
  wokeAt: number | null;
  termSince: number | null;
  term: number;
  runSince: number;
  readonly paused: Span[];
  readonly down: Span[];
  readonly database: Span[];
  /** It stands still, or its reads may not be answered. */
  readonly unread: Span[];
  /** The same, or it does not lead: its loop looks at nothing. */
  readonly unlooked: Span[];
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
    const begun = unseen();
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
    onReplica(replica, state, at) {
      isDirty = true;
      const ledger = of(replica);
      if (state === 'killed') end(ledger, at); // nobody is left to say that the lease is gone
      if (state === 'started') ledger.runSince = at;
      const sleptMs = at - (ledger.suspendedAt ?? at);
      if (state === 'resumed' && sleptMs >= tickMs) ledger.wokeAt = at;
      ledger.suspendedAt = state === 'suspended' ? at : null;
    },
    onEvent(at) {
      if (!isDirty || truth === null) return;
      isDirty = false;
      const isTroubled = truth.faults.some(troublesDatabase);
      for (const replica of truth.replicas) follow(of(replica.name), replica, isTroubled, at);
    },
    onLease(replica, fence, at) {
      const ledger = of(replica);
      isDirty = true;
      if (fence === null) return end(ledger, at);
      ledger.leads = true;
      if (fence.term === ledger.term) return; // a lease that lapsed and was renewed is the same term
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
    lookedBy: (replica, at, forMs) => forthBy(of(replica).unlooked, Math.max(at, of(replica).runSince), forMs),
    downSince: (replica) => openSince(of(replica).down),
    wokeAt: (replica) => of(replica).wokeAt,
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

function end(ledger: ReplicaLedger, at: number): void {
  if (ledger.leads) ledger.lapsedAt = at;
  ledger.leads = false;
}

function unseen(): ReplicaLedger {
  return {
    leads: false,
    lapsedAt: Number.NEGATIVE_INFINITY,
    suspendedAt: null,
    wokeAt: null,
    termSince: null,
    term: 0,
    runSince: 0,
    paused: [],
    down: [],
    database: [],
    unread: [],
    unlooked: [],
  };
}

/** Opens and closes the replica's stretches by what it is now. */
function follow(
  ledger: ReplicaLedger,
  { state, databaseReachable }: ReplicaTruth,
  isTroubled: boolean,
  at: number,
): void {
  const isUnread = state === 'paused' || !databaseReachable || isTroubled;
  toggle(ledger.paused, state === 'paused', at);
  toggle(ledger.down, state !== 'running', at);
  toggle(ledger.database, !databaseReachable, at);
  toggle(ledger.unread, isUnread, at);
  toggle(ledger.unlooked, isUnread || state === 'dead' || !ledger.leads, at);
}

/** The instant so far back from `at`, not counting the stretches. */
function backBy(spans: readonly Span[], at: number, forMs: number): number {
  let since = at - forMs;
  for (const span of spans.toReversed()) if (span.to > since) since -= Math.min(span.to, at) - span.from;
  return since;
}

/** The instant so far after `at`, not counting the stretches. */
function forthBy(spans: readonly Span[], at: number, forMs: number): number {
  let until = at + forMs;
  for (const span of spans) if (span.to > at && span.from < until) until += span.to - Math.max(span.from, at);
  return until;
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
