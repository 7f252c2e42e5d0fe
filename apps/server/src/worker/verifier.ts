import { hourMs, minuteMs, type RecordView, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { type AnswerSheet, answerWords, createAnswerSheet, type VerifyTask } from './answer-sheet.ts';
import type { NameNotices } from './name-notices.ts';
import type { AuthoritativeServer, DesiredRecord, Resolver, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/*
 * Asks where clients ask (R24), from the provider's acknowledgement until every authoritative server of the zone answers exactly the new
 * address. Each server has a watch of its own, so a dead one delays no other:
 *
 *   find the servers ─► ask each: at once, then after 20, 50, 100, 200, 500 ms, 1, 2 s, then every 5 s
 *     first right answer           step answered
 *     some right, some not         partial; an alert after 60 s, once until its end, whoever leads then
 *     all right                    step all-answered, published
 *     the old answer's TTL later   step old-ttl-elapsed: no cache holds the old address any more. Where the acknowledgement was stored
 *                                  so late that it is too early by what is stored, it is reported again after what is left
 *
 * It only asks: a server that lags is never written to again. A newer epoch ends it through the signal.
 *
 * Where the provider's edge answers for the name no server can tell the move: what the provider's API was read to hold is the proof.
 */
/** Who answers for a proxied name, as it is listed among the servers. */
export const providerApi = { name: 'the provider’s API', address: '', port: 0 } as const;

export interface Verifier {
  /** Resolves when everything is said and stored, or when the signal aborts. */
  verify(task: VerifyTask, signal: AbortSignal): Promise<void>;
  /** The provider was read to hold what is wished for, and its edge answers for the name. */
  verifyByRead(task: ReadTask, view: RecordView): void;
}

type ReadTask = Pick<VerifyTask, 'wish' | 'record'>;

export interface VerifierPorts {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly notices: NameNotices;
  readonly log: WorkerLog;
}

const pausesMs = [20, 50, 100, 200, 500, secondMs, 2 * secondMs];
const slowestPauseMs = 5 * secondMs;
const answerLimitMs = secondMs;
const findLimitMs = 5 * secondMs;
const alertAfterMs = minuteMs;
/** A timer takes no more than 24 days, and a TTL may be longer. */
const longestSleepMs = 24 * hourMs;

export function createVerifier({ clock, resolver, notices, log }: VerifierPorts): Verifier {
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
    { wish, right }: VerifyTask,
    sheet: AnswerSheet,
    signal: AbortSignal,
  ): Promise<void> {
    const { name, type } = wish.binding;
    for (let tries = 0; !signal.aborted; tries += 1) {
      const answer = await withinLimit(
        clock,
        answerLimitMs,
        (limit) => resolver.ask(server, name, type, limit),
        signal,
      ).catch((error: unknown) => ({ error: error instanceof Error ? error.message : 'no answer' }));
      if (signal.aborted) return;
      if (sheet.note(server, answer)) return right(server);
      await clock.sleep(pauseAfter(tries), signal);
    }
  }

  function alertWhenLate(wish: DesiredRecord, sheet: AnswerSheet, signal: AbortSignal): { over(): void } {
    const cancel = clock.after(alertAfterMs, () => {
      const text = `after 60 s not every authoritative server answers ${answerWords(wish)}: ${sheet.lagging()}.`;
      notices.tellTurn(wish, 'dns.partial', text, { servers: sheet.answers() });
    });
    return {
      over() {
        cancel();
        if (signal.aborted) return;
        const text = `every authoritative server answers ${answerWords(wish)} now.`;
        notices.tellTurn(wish, 'dns.complete', text, { servers: sheet.answers() });
      },
    };
  }

  return {
    async verify(task, signal) {
      const { wish, oldAnswerTtlSeconds } = task;
      const sheet = createAnswerSheet(task);
      const alert = alertWhenLate(wish, sheet, signal);
      const servers = await find(task, signal);
      sheet.expect(servers);
      await Promise.all(servers.map((server) => watch(server, task, sheet, signal)));
      alert.over();
      if (signal.aborted || oldAnswerTtlSeconds === null) return;
      let leftMs = oldAnswerTtlSeconds * secondMs;
      do {
        await clock.sleep(Math.min(leftMs, longestSleepMs), signal);
        if (signal.aborted) return;
        leftMs = await sheet.oldTtlElapsed();
      } while (leftMs > 0);
    },
    verifyByRead: (task, view) => verifyByRead(task, view, notices),
  };
}

function verifyByRead({ wish, record }: ReadTask, { rrset }: RecordView, notices: NameNotices): void {
  const sheet = createAnswerSheet({ wish, record });
  sheet.expect([providerApi]);
  const { addresses = [], ttlSeconds = null } = rrset ?? {};
  sheet.note(providerApi, { authoritative: true, addresses, ttlSeconds, rcode: 'NOERROR' });
  const text = `the provider holds ${answerWords(wish)}, and its edge answers for the name.`;
  notices.tellTurn(wish, 'dns.complete', text, { servers: sheet.answers() });
}

function pauseAfter(tries: number): number {
  return pausesMs[tries] ?? slowestPauseMs;
}
