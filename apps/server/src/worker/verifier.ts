import { type EventKind, minuteMs, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { type AnswerSheet, createAnswerSheet, type VerifyTask } from './answer-sheet.ts';
import type { AuthoritativeServer, DesiredRecord, Notifier, Resolver, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/*
 * Asks where clients ask (R24), from the provider's acknowledgement until every authoritative server of the zone answers exactly the new
 * address. Each server has a watch of its own, so a dead one delays no other:
 *
 *   find the servers ─► ask each: at once, then after 20, 50, 100, 200, 500 ms, 1, 2 s, then every 5 s
 *     first right answer           step answered
 *     some right, some not         partial; an alert after 60 s, its end told too
 *     all right                    step all-answered, published
 *     previous TTL later           step old-ttl-elapsed: no cache holds the old address any more
 *
 * It only asks: a server that lags is never written to again. A newer epoch ends it through the signal.
 */

export interface Verifier {
  /** Resolves when everything is said, or when the signal aborts. */
  verify(task: VerifyTask, signal: AbortSignal): Promise<void>;
}

export interface VerifierPorts {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly notifier: Notifier;
  readonly log: WorkerLog;
}

const pausesMs = [20, 50, 100, 200, 500, secondMs, 2 * secondMs];
const slowestPauseMs = 5 * secondMs;
const answerLimitMs = secondMs;
const findLimitMs = 5 * secondMs;
const alertAfterMs = minuteMs;

export function createVerifier({ clock, resolver, notifier, log }: VerifierPorts): Verifier {
  async function find({ wish }: VerifyTask, signal: AbortSignal): Promise<readonly AuthoritativeServer[]> {
    const { zone } = wish.binding;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const found = await withinLimit(
          clock,
          findLimitMs,
          (limit) => resolver.authoritativeServers(zone, limit),
          signal,
        );
        if (found.length > 0) return found;
      } catch (error) {
        if (tries === 0 && !signal.aborted) log.warn({ err: error, zone }, 'The authoritative servers were not found.');
      }
      await clock.sleep(pauseAfter(tries), signal);
    }
    return [];
  }

  /** Asks one server until it is right. */
  async function watch(
    server: AuthoritativeServer,
    wish: DesiredRecord,
    sheet: AnswerSheet,
    signal: AbortSignal,
  ): Promise<void> {
    const { name } = wish.binding;
    for (let tries = 0; !signal.aborted; tries += 1) {
      const answer = await withinLimit(
        clock,
        answerLimitMs,
        (limit) => resolver.ask(server, name, 'A', limit),
        signal,
      ).catch((error: unknown) => ({ error: error instanceof Error ? error.message : 'no answer' }));
      if (signal.aborted || sheet.note(server, answer)) return;
      await clock.sleep(pauseAfter(tries), signal);
    }
  }

  function alertWhenLate(wish: DesiredRecord, sheet: AnswerSheet, signal: AbortSignal): { over(): void } {
    let told = false;
    const tell = (kind: EventKind, severity: 'info' | 'warning', text: string) => {
      const { id, name, poolId } = wish.binding;
      const details = { bindingId: id, name, epoch: wish.epoch, servers: sheet.answers() };
      notifier.notify({ kind, severity, poolId, memberId: null, sentence: `${name}: ${text}`, details });
    };
    const cancel = clock.after(alertAfterMs, () => {
      told = true;
      tell(
        'dns.partial',
        'warning',
        `after 60 s not every authoritative server answers ${wish.address}: ${sheet.lagging()}.`,
      );
    });
    return {
      over() {
        cancel();
        if (told && !signal.aborted)
          tell('dns.complete', 'info', `every authoritative server answers ${wish.address} now.`);
      },
    };
  }

  return {
    async verify(task, signal) {
      const { wish, previousTtlSeconds } = task;
      const sheet = createAnswerSheet(task);
      const alert = alertWhenLate(wish, sheet, signal);
      const servers = await find(task, signal);
      sheet.expect(servers);
      await Promise.all(servers.map((server) => watch(server, wish, sheet, signal)));
      alert.over();
      if (signal.aborted || previousTtlSeconds === null) return;
      await clock.sleep(previousTtlSeconds * secondMs, signal);
      if (!signal.aborted) sheet.oldTtlElapsed();
    },
  };
}

function pauseAfter(tries: number): number {
  return pausesMs[tries] ?? slowestPauseMs;
}
