import { type BindingId, type PreflightState, secondMs } from '@serverctl/core';
import type { Random } from '../platform/random.ts';
import type { Lease, WorkerLog } from './ports.ts';
import { type LookPorts, lookAt } from './preflight-look.ts';
import { createPauses } from './preflight-pauses.ts';
import { busyStates } from './preflight-period.ts';
import type { LastLook, PreflightName, PreflightStore, PreflightSubject } from './preflight-ports.ts';
import { createWake } from './wake.ts';

/*
 * One credential in one zone, for one term of the lease: one look, then a pause. What is looked at is read anew each time, so nothing is
 * carried from turn to turn but what people changed, and that one was skipped:
 *
 *   first                                  | within 10 s of the term's begin, or of the zone's first name; where the period is stretched and
 *                                          |   the credential worked there last, when the leader before would have, or 5 min later at most
 *   the credential or a name was changed   | within 2 s, at the changed name, with the background's places; whatever is going on, since a
 *                                          |   person waits: a look that nobody asked for is given up. Several one after another, ten at most
 *   the same, and our database is away     | 5 s later again, until it answers
 *   else                                   | after 4 to 5 min, so that those that began together do not stay together; less often where
 *                                          |   the credential has very many zones (preflight-period.ts)
 *   it found trouble, or nothing out       | after 4 to 5 min: a second failure in a row is told. Then, as all looks that nobody asked for, it
 *                                          |   waits for its place: what fails in more zones than these have places for takes longer
 *   a name is being published, or blocked  | skipped once: the publisher needs the calls, and finds out the same (R23: while calm)
 *
 * The names are looked at in turn, by name and type. One that fails is looked at until it works: else the trouble of one name, as where a
 * policy of the name server allows some of them only, would be told as over at each turn of another one.
 */

export interface PreflightTurns {
  /** What the credential and its names are now. */
  follow(subject: PreflightSubject): void;
  /** Resolves when the signal aborted and nothing is in flight. Never rejects. */
  readonly ended: Promise<void>;
}

export interface TurnsPorts extends LookPorts {
  readonly random: Random;
  readonly lease: Pick<Lease, 'held'>;
  readonly preflights: PreflightStore;
  readonly log: WorkerLog;
}

/** One credential in one zone, at the begin. */
export interface TurnsOf {
  readonly first: PreflightSubject;
  /** In how many zones the credential is used now. */
  zones(): number;
}

/** What a person changed: a name, or the credential itself. */
type Ask = BindingId | 'credential';

const changedWithinMs = 2 * secondMs;
const askedAgainMs = 5 * secondMs;
/** More changes than this at once are no person's who waits for each: the other names have their turn in calm. */
const mostAsked = 10;

export function startTurns(ports: TurnsPorts, { first, zones }: TurnsOf, signal: AbortSignal): PreflightTurns {
  const { clock, random, lease, preflights, providers, log } = ports;
  const { credentialId, zone } = first;
  const pauses = createPauses({ credentialId, random, providers, zones });
  const wake = createWake(clock);
  let known = first;
  /** What no look has answered yet. */
  const asked = new Set<Ask>();
  /** Aborts when a person changes something. */
  let calm = new AbortController();
  let hasSkipped = false;

  /** Resolves with the state that was kept; null = nothing was found out. Never rejects. */
  async function turn(): Promise<PreflightState | null> {
    const [ask = null] = asked;
    if (ask !== null) asked.delete(ask); // what is changed once more meanwhile is asked for once more
    calm = new AbortController();
    const own = ask === null ? AbortSignal.any([signal, calm.signal]) : signal;
    const state = await look(ask, own).catch((error: unknown) => {
      log.warn({ err: error, credential: credentialId, zone }, 'A credential could not be looked at; tried again.');
      return null;
    });
    if (ask !== null && state === null) asked.add(ask);
    return state;
  }

  async function look(ask: Ask | null, own: AbortSignal): Promise<PreflightState | null> {
    const [subject] = await preflights.subjects({ credentialId, zone });
    if (subject === undefined || own.aborted) return null;
    const isBusy = subject.names.some(({ state }) => busyStates.has(state));
    const isSkipped = isBusy && ask === null && !hasSkipped;
    hasSkipped = isBusy;
    if (isSkipped) return null;
    const name = nextName(subject, ask);
    if (name === null) return null;
    const found = await lookAt(ports, { subject, name, urgency: ask === null ? 'preflight' : 'background' }, own);
    const fence = lease.held();
    if (found === null || fence === null || own.aborted) return null;
    return preflights.record(found, fence);
  }

  async function run(): Promise<void> {
    let pauseMs = await pauses.beforeFirstMs(first.last);
    while (!signal.aborted) {
      await wake.sleep(pauseMs, signal);
      if (asked.size > 0) await clock.sleep(random.fraction() * changedWithinMs, signal);
      if (signal.aborted) return;
      const state = await turn();
      const askedMs = state === null ? askedAgainMs : 0;
      pauseMs = asked.size > 0 ? askedMs : await pauses.afterMs(state);
    }
  }

  return {
    follow(subject) {
      const asks = changesOf(known, subject);
      known = subject;
      if (asks.length === 0) return;
      for (const ask of asks) if (asked.size < mostAsked) asked.add(ask);
      calm.abort();
      wake.ring();
    },
    ended: run(),
  };
}

/** What a person changed between the two: only what a look could tell something of. */
function changesOf(before: PreflightSubject, after: PreflightSubject): readonly Ask[] {
  const seen = new Set(before.names.map(wishOf));
  const changed = after.names.filter((name) => !seen.has(wishOf(name)));
  if (changed.length > 0) return changed.map(({ bindingId }) => bindingId);
  return after.version === before.version ? [] : ['credential'];
}

function wishOf({ bindingId, ttlSeconds, proxied }: PreflightName): string {
  return `${bindingId} ${ttlSeconds} ${proxied}`;
}

/** The changed one, else the one that fails, else the one after the last. */
function nextName({ names, last }: PreflightSubject, ask: Ask | null): PreflightName | null {
  const asked = names.find(({ bindingId }) => bindingId === ask);
  if (asked !== undefined || last === null) return asked ?? names[0] ?? null;
  const order = ({ name, type }: Pick<LastLook, 'name' | 'type'>) => `${name} ${type}`;
  const lastKey = order(last);
  if (last.isFailing) {
    const failing = names.find((name) => order(name) === lastKey);
    if (failing !== undefined) return failing;
  }
  const sorted = names.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
  return sorted.find((name) => order(name) > lastKey) ?? sorted[0] ?? null;
}
