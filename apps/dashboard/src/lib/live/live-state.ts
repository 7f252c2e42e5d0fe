import type { EventView, LivePlane, MemberTraffic, PoolView } from '@serverctl/contract';
import type { Bar } from './strip.ts';

/*
 * The link to the control plane:
 *
 *   connecting ──→ live ⇄ broken (tries again) ──→ ended (by the server's word: signed out, or not allowed)
 *                   ⇅
 *                 asleep (nobody could see the page for a minute, and its stream was closed)
 */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Instants of the page's own clock. */
  | { readonly kind: 'broken'; readonly sinceMs: number; readonly nextTryMs: number }
  | { readonly kind: 'asleep' }
  | { readonly kind: 'ended'; readonly because: 'session-ended' | 'permission-denied'; readonly sentence: string };

/** When a member was heard last, on the page's clock; null = never. */
export interface Heard {
  readonly atMs: number | null;
}

/** A reading of HAProxy's traffic, and when it was taken on the page's clock. */
export interface TrafficReading extends MemberTraffic {
  readonly readAtMs: number;
}

/** What the page knows, as of the last message. Parts that did not change keep their identity, so that only what changed is drawn. */
export interface LiveState {
  readonly link: Link;
  /** By id, in the order of the server; null before the first snapshot. */
  readonly pools: ReadonlyMap<string, PoolView> | null;
  readonly plane: LivePlane | null;
  /** Those that came while the page was open, oldest first. */
  readonly events: readonly EventView[];
  readonly heard: ReadonlyMap<string, Heard>;
  readonly traffic: ReadonlyMap<string, TrafficReading>;
  readonly strips: ReadonlyMap<string, readonly Bar[]>;
  /** Of the last message, on the page's clock; null before the first. */
  readonly heardAtMs: number | null;
  /** Of the last beats, likewise. */
  readonly beatsAtMs: number | null;
  /** The same by the server's clock: a strip has a place for each second in between, however long a message took. */
  readonly beatsReadMs: number | null;
  /** What to add to the page's clock to have the server's, in epoch milliseconds. */
  readonly serverOffsetMs: number;
}
