import { minuteMs } from '@serverctl/core';
import { mostOf, oneRequestEach, type Requests } from './budget-shares.ts';
import type { CallLimit, PublicationState } from './ports.ts';

/**
 * How often a credential is tried in a zone (R23), and how soon again in one where it failed, however many zones it has, as far as the looks'
 * share of its calls lets it in.
 */
export const preflightEveryMs = 5 * minuteMs;

/** Of a name that the publisher is about to write, or tries to in vain: a look that nobody asked for is put off once. */
export const busyStates: ReadonlySet<PublicationState> = new Set(['publishing', 'unknown-outcome', 'blocked']);

/** Of the period, the shortest pause between two looks: those that began together do not stay together. */
export const shortestPauseShare = 0.8;

/** What one look takes: a probe, which reads and rehearses a write, and a read. */
export function requestsOfLook({ read, write }: Requests): Requests {
  return { read: 2 * read + write, write };
}

/**
 * How long a zone waits at most for its next look while calm, in ms: five minutes, or so much longer that the looks at all zones of the
 * credential stay within their share of its calls (R22). The credential itself is tried all the time then, in one zone after the other.
 */
export function preflightPeriodMs(limit: CallLimit | null, zones: number, requests: Requests = oneRequestEach): number {
  if (limit === null) return preflightEveryMs;
  const calls = zones * requestsOfLook(requests).read;
  const neededMs = (calls * limit.perMs) / Math.max(1, mostOf(limit, 'preflight'));
  return Math.max(preflightEveryMs, Math.ceil(neededMs / shortestPauseShare));
}
