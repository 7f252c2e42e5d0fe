import { secondMs } from '@serverctl/core';
import type { Lease, PoolStore } from './ports.ts';
import type { PreflightSubject } from './preflight-ports.ts';
import { type PreflightTurns, startTurns, type TurnsPorts } from './preflight-turns.ts';
import { createWake } from './wake.ts';

/*
 * Tries every credential in every zone where a managed name uses it, each five minutes while calm (R23), and less often in each zone where
 * it has very many (preflight-period.ts): a failover is never a credential's first use. Which there are is read from the store when the
 * lease is gained and after each change, and at most every two seconds: a promotion changes much at once.
 *
 *   lease gained              each credential in each zone has turns of its own (preflight-turns.ts)
 *   changed                   those turns follow; a credential or zone that is used no more has none
 *   lease lost, or the end    what is under way is given up and not kept: another process looks now
 */

export interface Preflight {
  /** Works while the lease is held, until the signal aborts; resolves when nothing is in flight. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PreflightPorts extends TurnsPorts {
  readonly lease: Pick<Lease, 'held' | 'onChange'>;
  readonly store: Pick<PoolStore, 'onChange'>;
}

const betweenReadsMs = 2 * secondMs;
const againAfterMs = 5 * secondMs;

/** The turns of one term of the lease. */
interface Term {
  readonly term: number;
  readonly stop: AbortController;
  readonly turns: Map<string, { readonly own: PreflightTurns; readonly stop: AbortController }>;
  /** How many each credential has, which they share its calls by. */
  zones: ReadonlyMap<string, number>;
}

export function createPreflight(ports: PreflightPorts): Preflight {
  const { clock, lease, store, preflights, log } = ports;
  const wake = createWake(clock);
  const inFlight = new Set<Promise<void>>();
  let present: Term | null = null;

  /** A term ends at once, not when the next read is done. */
  function matchLease(): void {
    if (lease.held()?.term !== present?.term) {
      present?.stop.abort();
      present = null;
    }
    wake.ring();
  }

  function start(leading: Term, subject: PreflightSubject) {
    const stop = new AbortController();
    const zones = () => leading.zones.get(subject.credentialId) ?? 1;
    const own = startTurns(ports, { first: subject, zones }, AbortSignal.any([stop.signal, leading.stop.signal]));
    const ended = own.ended.finally(() => inFlight.delete(ended));
    inFlight.add(ended);
    return { own, stop };
  }

  function match(leading: Term, subjects: readonly PreflightSubject[]): void {
    const wanted = new Map(subjects.map((subject) => [`${subject.credentialId} ${subject.zone}`, subject]));
    const byCredential = Map.groupBy(subjects, ({ credentialId }) => credentialId);
    leading.zones = new Map([...byCredential].map(([credentialId, zones]) => [credentialId, zones.length]));
    for (const [key, { stop }] of leading.turns) {
      if (wanted.has(key)) continue;
      stop.abort();
      leading.turns.delete(key);
    }
    for (const [key, subject] of wanted) {
      const known = leading.turns.get(key);
      if (known === undefined) leading.turns.set(key, start(leading, subject));
      else known.own.follow(subject);
    }
  }

  /** Returns when to come back; null = when woken. */
  async function follow(): Promise<number | null> {
    const fence = lease.held();
    if (fence === null) return null;
    present ??= { term: fence.term, stop: new AbortController(), turns: new Map(), zones: new Map() };
    const leading = present;
    try {
      const subjects = await preflights.subjects();
      if (leading.stop.signal.aborted) return null;
      match(leading, subjects);
      const held = lease.held();
      if (held !== null) await preflights.forgetUnused(held);
      return null;
    } catch (error) {
      log.warn({ err: error }, 'Which credentials are in use could not be read; tried again.');
      return againAfterMs;
    }
  }

  return {
    async run(signal) {
      const ends = [lease.onChange(matchLease), store.onChange(() => wake.ring())];
      while (!signal.aborted) {
        const againMs = await follow();
        if (present !== null) await clock.sleep(betweenReadsMs, signal); // what rings meanwhile is kept
        await wake.sleep(againMs, signal);
      }
      for (const end of ends) end();
      present?.stop.abort();
      await Promise.all(inFlight);
    },
  };
}
