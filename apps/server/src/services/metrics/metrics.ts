import { type DnsProvider, type Instant, secondMs } from '@serverctl/core';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Worker } from '../../worker/worker.ts';
import { countedProvider } from './counted-provider.ts';
import { declareFleet, type FleetReading, showFleet } from './fleet.ts';

/*
 * What Prometheus is told. Two halves under one registry:
 *
 *   of the fleet     read from the database when asked, one reading at a time and at most one a second: every replica answers the same
 *   of this process  counted while it works: heartbeats heard, DNS calls sent, requests answered, Node's own
 *
 * Names and units follow the conventions of Prometheus (base units, `_total` for counters). docs/reference/metrics.md is generated from
 * the registry.
 */

export interface Metrics {
  /** The exposition text. Never rejects: without a database `serverctl_database_up` is 0 and the fleet's half is left out. */
  text(): Promise<string>;
  readonly contentType: string;
  /** The same provider, each of its calls counted and timed under this kind. */
  counted(kind: string, provider: DnsProvider): DnsProvider;
  /** One answered request; `route` is the pattern, never the path, so that the series stay few. */
  request(labels: { readonly method: string; readonly route: string; readonly status: number }, seconds: number): void;
  /** From now on what this process hears is told as well. */
  hears(listener: Pick<Listener, 'statistics'>): void;
  /** The same for its failover loop. */
  leads(worker: Pick<Worker, 'statistics'>): void;
  /** Every metric as it is declared, for the reference. */
  declared(): readonly DeclaredMetric[];
}

export interface DeclaredMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface MetricsOptions {
  readonly clock: Clock;
  readonly readFleet: () => Promise<FleetReading>;
  readonly version: string;
}

/** A database that takes longer counts as away: Prometheus gives up after ten. */
const readLimitMs = 3 * secondMs;
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];

export function createMetrics(options: MetricsOptions): Metrics {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'serverctl_build_info',
    help: 'Always 1; the release is in the label.',
    labelNames: ['version'],
    registers,
  }).set({ version: options.version }, 1);
  const requests = new Histogram({
    name: 'serverctl_http_request_duration_seconds',
    help: "How long requests to the operator's API took, by route and status.",
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers,
  });
  const calls = new Histogram({
    name: 'serverctl_dns_call_duration_seconds',
    help: 'How long calls to DNS providers took, by kind of provider, verb and outcome: ok, or the code of the error.',
    labelNames: ['provider', 'verb', 'outcome'],
    buckets: callBuckets,
    registers,
  });
  const fleet = declareFleet(registers);
  const { clock } = options;
  let reading: Promise<void> | null = null;
  let readAt: Instant = Number.NEGATIVE_INFINITY;

  /** One reading at a time, which serves everybody who asks until a second after it; nobody waits for it longer than the limit. */
  async function refresh(): Promise<void> {
    if (reading === null && clock.now() - readAt >= secondMs) {
      reading = read().finally(() => {
        readAt = clock.now();
        reading = null;
      });
    }
    if (reading === null) return;
    const waiting = new AbortController();
    const late = clock.sleep(readLimitMs, waiting.signal).then(() => !waiting.signal.aborted);
    const isLate = await Promise.race([reading.then(() => false), late]);
    waiting.abort();
    if (isLate) showFleet(fleet, null);
  }

  async function read(): Promise<void> {
    showFleet(fleet, await options.readFleet().catch(() => null));
  }

  return {
    contentType: registry.contentType,
    hears: (listener) => declareHearing(registers, listener),
    leads: (worker) => declareLoop(registers, worker),
    async text() {
      await refresh();
      return registry.metrics();
    },
    counted: (kind, provider) =>
      countedProvider(provider, clock, (verb, outcome, seconds) => {
        calls.observe({ provider: kind, verb, outcome }, seconds);
      }),
    request: ({ method, route, status }, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    declared: () =>
      registry.getMetricsAsArray().map((metric) => ({
        name: metric.name,
        type: String(metric.type),
        help: metric.help,
        labels: 'labelNames' in metric ? (metric.labelNames as readonly string[]) : [],
      })),
  };
}

function declareHearing(registers: Registry[], listener: Pick<Listener, 'statistics'>): void {
  new Counter({
    name: 'serverctl_heartbeats_total',
    help: 'Heartbeats that this process heard, by verdict.',
    labelNames: ['verdict'],
    registers,
    collect() {
      this.reset();
      const { accepted, refused, dropped, superseded, unauthenticated } = listener.statistics().beats;
      const verdicts = { accepted: accepted - refused, refused, dropped, superseded, unauthenticated };
      for (const [verdict, count] of Object.entries(verdicts)) this.inc({ verdict }, count);
    },
  });
  counterOf(registers, 'serverctl_heartbeats_missing_total', "Heartbeats missing in members' sequences.", () => {
    return listener.statistics().beats.missing;
  });
  counterOf(registers, 'serverctl_liveness_statements_total', 'Statements that stored heartbeats.', () => {
    return listener.statistics().statements;
  });
  counterOf(registers, 'serverctl_liveness_failed_statements_total', 'Those of them that failed.', () => {
    return listener.statistics().failedStatements;
  });
  gaugeOf(
    registers,
    'serverctl_liveness_flush_age_seconds',
    'Since heartbeats were last stored by this process.',
    () => {
      return listener.statistics().lastFlushAgeMs / secondMs;
    },
  );
  gaugeOf(registers, 'serverctl_heard_members', 'Members that this process has heard and still knows.', () => {
    return listener.statistics().members;
  });
}

function declareLoop(registers: Registry[], worker: Pick<Worker, 'statistics'>): void {
  counterOf(registers, 'serverctl_loop_turns_total', 'Turns of the failover loop in this process.', () => {
    return worker.statistics.turns;
  });
  counterOf(
    registers,
    'serverctl_loop_frozen_ticks_total',
    'Turns in which nobody could be judged silent (R2).',
    () => {
      return worker.statistics.frozenTicks;
    },
  );
}

function counterOf(registers: Registry[], name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(Math.max(0, read()));
    },
  });
}

function gaugeOf(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
