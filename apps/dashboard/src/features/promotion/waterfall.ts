import type { PromotionDetail, PromotionView } from '@serverctl/contract';
import { countText, measuredText } from '../../lib/words.ts';

/** One stretch of a promotion's time. */
export interface WaterfallBar {
  readonly title: string;
  readonly sub: string;
  readonly look: 'c-detect' | 'c-decide' | 'c-pub' | 'c-ver' | 'c-ttl';
  /** On one scale, in milliseconds from the beginning. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When it ended; null = it runs. */
  readonly at: string | null;
}

export interface Waterfall {
  readonly bars: readonly WaterfallBar[];
  readonly spanMs: number;
  /** Decide, publish, verify: what is ours. */
  readonly byUsMs: number;
  /** Failover delay or grace, and TTL: what a person set; with the words for it. */
  readonly byYouMs: number;
  readonly byYou: string;
  /** Neither: for a ready standby, or for a limit on promotions. */
  readonly besidesMs: number;
}

/** What a decision takes is milliseconds: it is made once a second and whenever there is news. Longer than this it waited for something. */
const ownMs = 2_000;

type Why = PromotionDetail['why'];
type Step = PromotionView['steps'][number];

const last = (steps: readonly Step[], name: Step['step']) => steps.findLast(({ step }) => step === name);

/**
 * The measured points as stretches that follow each other. What is not measured yet runs until `nowMs`, of the server's clock, and what follows
 * it is left out; `records` is how many records the pool has.
 */
export function waterfallOf(promotion: PromotionView, why: Why, records: number, nowMs: number): Waterfall {
  const { steps } = promotion;
  const detected = last(steps, 'detected');
  const points = [
    point('last-heartbeat', last(steps, 'last-heartbeat')),
    point('detected', detected),
    point('decided', last(steps, 'decided')),
    point('acknowledged', whole(promotion, 'acknowledged', records)),
    point('all-answered', whole(promotion, 'all-answered', records)),
    point('old-ttl-elapsed', last(steps, 'old-ttl-elapsed')),
  ].filter((one) => one !== null);
  const startMs = points[0]?.atMs ?? Date.parse(promotion.decidedAt);
  const bars = points.slice(1).map(({ name, atMs }, index) => {
    const fromMs = (points[index]?.atMs ?? atMs) - startMs;
    return {
      ...words(name, promotion, why, steps),
      fromMs,
      toMs: Math.max(fromMs, atMs - startMs),
      at: new Date(atMs).toISOString(),
    };
  });
  const running = runningBar(promotion, why, points.at(-1) ?? null, { startMs, nowMs, records });
  const all = running === null ? bars : [...bars, running];
  return { bars: all, spanMs: Math.max(1, ...all.map(({ toMs }) => toMs)), ...shares(all, promotion, why) };
}

type PointName = 'last-heartbeat' | 'detected' | 'decided' | 'acknowledged' | 'all-answered' | 'old-ttl-elapsed';
interface Point {
  readonly name: PointName;
  readonly atMs: number;
}

const point = (name: PointName, step: Step | undefined): Point | null =>
  step === undefined ? null : { name, atMs: Date.parse(step.at) };

/** Reached by every record; of one that is over, by all that were written under it: the pool may have others by now. */
function whole({ steps, state }: PromotionView, name: PointName, records: number): Step | undefined {
  const written = steps.filter(({ step }) => step === 'acknowledged');
  const isOpen = state === 'publishing' || state === 'verifying';
  const reached = steps.filter(({ step }) => step === name);
  const hasReached = (record: Step) => reached.some(({ name, type }) => name === record.name && type === record.type);
  return written.every(hasReached) && (!isOpen || reached.length >= records) ? reached.at(-1) : undefined;
}

function words(
  name: PointName,
  promotion: PromotionView,
  why: Why,
  steps: readonly Step[],
): Pick<WaterfallBar, 'title' | 'sub' | 'look'> {
  const count = (step: Step['step']) => countText(steps.filter((one) => one.step === step).length, 'record');
  const isByHaproxy = promotion.cause === 'haproxy-inactive';
  switch (name) {
    case 'last-heartbeat':
    case 'detected':
      return { title: 'Silence until detected', sub: delayText(why), look: 'c-detect' };
    case 'decided': {
      const grace = why === null ? 'its grace' : `grace ${measuredText(why.haproxyGraceMs)}`;
      return isByHaproxy
        ? { title: 'HAProxy inactive, decided', sub: grace, look: 'c-detect' }
        : { title: 'Decision', sub: `epoch ${promotion.epoch}`, look: 'c-decide' };
    }
    case 'acknowledged':
      return { title: 'Provider acknowledged', sub: `${count('acknowledged')} written`, look: 'c-pub' };
    case 'all-answered':
      return { title: 'Name servers answer', sub: `all of ${count('all-answered')}`, look: 'c-ver' };
    case 'old-ttl-elapsed':
      return { title: 'TTL in resolvers', sub: 'of the old answer', look: 'c-ttl' };
  }
}

const delayText = (why: Why): string =>
  why === null ? 'failover delay' : `failover delay ${measuredText(why.failoverDelayMs)}`;

interface Running {
  readonly startMs: number;
  readonly nowMs: number;
  readonly records: number;
}

/** What goes on now: only of the newest promotion, which waits for the next point. */
function runningBar(
  promotion: PromotionView,
  why: Why,
  from: Point | null,
  { startMs, nowMs, records }: Running,
): WaterfallBar | null {
  const next: Partial<Record<PointName, PointName>> = { decided: 'acknowledged', acknowledged: 'all-answered' };
  const name = from === null ? undefined : next[from.name];
  const isOpen = promotion.state === 'publishing' || promotion.state === 'verifying';
  if (from === null || name === undefined || !isOpen || records === 0) return null;
  const { title, look } = words(name, promotion, why, promotion.steps);
  return {
    title,
    sub: 'running',
    look,
    fromMs: from.atMs - startMs,
    toMs: Math.max(from.atMs, nowMs) - startMs,
    at: null,
  };
}

/** Of the silence as much as was asked for is the person’s, and what we were late by is ours; what is longer than we ever take was a wait. */
function shares(bars: readonly WaterfallBar[], { cause }: PromotionView, why: Why) {
  const lengthOf = (look: WaterfallBar['look']) =>
    bars.filter((bar) => bar.look === look).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const asked =
    cause === 'haproxy-inactive' ? (why?.haproxyGraceMs ?? 0) : (why?.failoverDelayMs ?? Number.POSITIVE_INFINITY);
  const waitedMs = Math.min(asked, lengthOf('c-detect'));
  const ttlMs = lengthOf('c-ttl');
  const late = [lengthOf('c-detect') - waitedMs, lengthOf('c-decide')];
  const besidesMs = late.filter((ms) => ms > ownMs).reduce((sum, ms) => sum + ms, 0);
  const oursMs = late.filter((ms) => ms <= ownMs).reduce((sum, ms) => sum + ms, 0);
  const delay = cause === 'haproxy-inactive' ? 'HAProxy grace' : 'failover delay';
  const byYou = [
    ...(waitedMs > 0 ? [`${delay} ${measuredText(waitedMs)}`] : []),
    ...(ttlMs > 0 ? [`TTL ${measuredText(ttlMs)}`] : []),
  ];
  const byUsMs = oursMs + lengthOf('c-pub') + lengthOf('c-ver');
  return { byUsMs, byYouMs: waitedMs + ttlMs, byYou: byYou.join(', '), besidesMs };
}

/** Guides of the scale: at most five, in round numbers. */
export function ticksOf(spanMs: number): { readonly everyMs: number; readonly ticks: readonly number[] } {
  const steps = [1, 2, 5].flatMap((one) =>
    [10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000].map((unit) => one * unit),
  );
  const everyMs = steps.toSorted((a, b) => a - b).find((step) => spanMs / step <= 5) ?? spanMs;
  return { everyMs, ticks: Array.from({ length: Math.floor(spanMs / everyMs) + 1 }, (_, index) => index * everyMs) };
}
