import { max, median, percentile, rounded } from '../src/figures.ts';
import { priorities } from './keepalived-conf.ts';
import type { Measure, Values } from './values.ts';

/** What the pools and keepalived ran with. */
export const plan = { delaySeconds: 10, ttlSeconds: 30, graceDefaultSeconds: 1, clientEveryMs: 10 } as const;

/** Smallest, median and greatest of what was measured; throws where nothing was. */
export function spreadOf(values: readonly number[]): { min: number; p50: number; max: number } {
  return { min: percentile(values, 0), p50: rounded(median(values), 1), max: max(values) };
}

/** The object that --json prints. */
export function figuresOf(values: Values, runs: number, frozenTicks: number, watcherMs: number) {
  const p50 = (measure: Measure) => spreadOf(values.of(measure)).p50;
  const both = (measure: Measure) => {
    const { p50, max } = spreadOf(values.of(measure));
    return { p50Ms: p50, maxMs: max };
  };
  const over = spreadOf(values.of('cutOver'));
  return {
    runs,
    haproxyStop: {
      default: { graceMs: plan.graceDefaultSeconds * 1_000, ...both('stopDefault') },
      graceMs0: both('stopGrace0'),
    },
    hostCut: { delayMs: plan.delaySeconds * 1_000, overP50Ms: over.p50, overMaxMs: over.max },
    keepalived: {
      stock: { stopP50Ms: p50('stockStop'), cutP50Ms: p50('stockCut') },
      tuned: { stopP50Ms: p50('tunedStop'), cutP50Ms: p50('tunedCut') },
    },
    clientBack: { ttlSeconds: plan.ttlSeconds, oursP50Ms: p50('clientOurs'), keepalivedP50Ms: p50('clientKeepalived') },
    frozenTicks,
    settings: settingsOf(watcherMs),
  };
}
export type Figures = ReturnType<typeof figuresOf>;

/** What differs from the product's defaults, and how its peer was set up. */
function settingsOf(watcherMs: number) {
  return {
    failoverDelayMs: { value: plan.delaySeconds * 1_000, productDefault: 30_000 },
    haproxyGraceMs: { default: plan.graceDefaultSeconds * 1_000, graceMs0: 0, productDefault: 1_000 },
    ttlSeconds: plan.ttlSeconds,
    keepalived: {
      priorities,
      stock: { vrrp: 2, advertMs: 1_000, scriptMs: 1_000 },
      tuned: { vrrp: 3, advertMs: 100, trackFileWatcherMs: watcherMs },
    },
    client: {
      everyMs: plan.clientEveryMs,
      resolver: 'unbound',
      ours: 'by name, through the pool with the default grace',
      keepalived: `tuned, by a name of the virtual address with the same TTL`,
    },
  };
}
