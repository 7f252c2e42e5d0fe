import type { MemberTraffic, PoolBeats, PoolView } from '@serverctl/contract';
import type { Instant, Listening } from '@serverctl/core';
import { printOf } from './print.ts';

/** All pools as they were read at one moment, and which of them have changed since the picture before. */
export interface Picture {
  /** From 1, one more with each picture. */
  readonly turn: number;
  readonly atMs: Instant;
  /** The same for people. */
  readonly at: string;
  readonly pools: ReadonlyMap<string, PoolPicture>;
  readonly listening: HeardListening | null;
  /** The beats of all pools by id, as JSON made once for everybody who may read them all. */
  readonly beatsJson: () => string;
}

export interface PoolPicture {
  /** The turn in which it was last to be sent whole. */
  readonly version: number;
  readonly versionAtMs: Instant;
  readonly view: PoolView;
  readonly print: string;
  /** The view as JSON, made once, when somebody needs it. */
  readonly viewJson: () => string;
  /** Ages, with the readings of HAProxy that are new since the picture before. */
  readonly beatsJson: () => string;
  /** Ages and all readings, for whoever was not sent the picture before. */
  readonly allBeatsJson: () => string;
}

/** What the failover loop said last of how it hears. */
export interface HeardListening {
  readonly listening: Listening;
  readonly judgedAt: Date;
}

export interface Reading {
  readonly views: readonly PoolView[];
  readonly listening: HeardListening | null;
  readonly atMs: Instant;
  readonly at: Date;
}

/** Each pool is sent whole so often even if nothing but ages changes: sentences tell ages too. */
const renewedAfterMs = 30_000;
/** Not all in the same turn, though all may have been sent first in one. */
const renewedPart = 15;

/** The picture after `before`: pure, but for JSON that is made when it is asked for. */
export function nextPicture(before: Picture | null, { views, listening, atMs, at }: Reading): Picture {
  const turn = (before?.turn ?? 0) + 1;
  let renewals = Math.ceil(views.length / renewedPart);
  const pools = new Map<string, PoolPicture>();
  for (const view of views) {
    const known = before?.pools.get(view.id);
    const print = printOf(view);
    const isDue = known !== undefined && renewals > 0 && atMs - known.versionAtMs >= renewedAfterMs;
    const isChanged = known === undefined || known.print !== print;
    if (isDue && !isChanged) renewals -= 1;
    const isNew = isChanged || isDue;
    const sinceMs = before === null ? 0 : atMs - before.atMs;
    pools.set(view.id, {
      version: isNew ? turn : known.version,
      versionAtMs: isNew ? atMs : known.versionAtMs,
      view,
      print,
      viewJson: once(() => JSON.stringify(view)),
      beatsJson: once(() => JSON.stringify(beatsOf(view, known?.view, sinceMs))),
      allBeatsJson: once(() => JSON.stringify(beatsOf(view, undefined, 0))),
    });
  }
  return { turn, atMs, at: at.toISOString(), pools, listening, beatsJson: once(() => beatsById([...pools.values()])) };
}

/** Of some pools by id, as JSON. `all`: with all readings, for whoever was not sent the picture before. */
export function beatsById(pools: readonly PoolPicture[], all = false): string {
  const beats = pools.map((pool) => `"${pool.view.id}":${all ? pool.allBeatsJson() : pool.beatsJson()}`);
  return `{${beats.join(',')}}`;
}

/** With the readings that are not those of `before`, which was read `sinceMs` earlier. */
function beatsOf(view: PoolView, before: PoolView | undefined, sinceMs: number): PoolBeats {
  const known = new Map(before?.status.members.map(({ id, traffic }) => [id, traffic]));
  const { members } = view.status;
  const fresh = members.filter(({ id, traffic }) => isNewReading(known.get(id), traffic, sinceMs));
  return {
    ages: Object.fromEntries(members.map(({ id, heartbeatAgeMs }) => [id, heartbeatAgeMs])),
    ...(fresh.length > 0 && { traffic: Object.fromEntries(fresh.map(({ id, traffic }) => [id, traffic])) }),
  };
}

/** Ages are measured by the database, a little before or after our own clock was read. */
const ageToleranceMs = 250;

function isNewReading(before: MemberTraffic | null | undefined, now: MemberTraffic | null, sinceMs: number): boolean {
  if (before === undefined || before === null || now === null) return before !== now;
  const { ageMs: oldAgeMs, ...old } = before;
  const { ageMs, ...values } = now;
  return ageMs < oldAgeMs + sinceMs - ageToleranceMs || JSON.stringify(values) !== JSON.stringify(old);
}

function once(make: () => string): () => string {
  let made: string | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
