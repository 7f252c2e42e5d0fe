import { type Instant, minuteMs, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { serverKey } from './answer-sheet.ts';
import { spread } from './back-off.ts';
import type { AuthoritativeServer, Binding, Resolver } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/*
 * Between two reads of the provider each name is asked of its authoritative servers every 15 s, which costs no provider call (R22). A
 * server that answers something else than the provider held when it was read last is a difference; it asks for a read at once:
 *
 *   the server                                            | difference?
 *   does not answer, or without authority, or an error    | no: it proves nothing
 *   never answered what was read last                     | no: it lags, and the verifier says so (R24)
 *   answered it before, something else now                | yes, once in 10 min for this server and answer
 *
 * What the verifier heard counts as answered before, so that a change right after a publish is found by the first question.
 *
 * So a server that lags or wavers costs no more reads than the calm reconcile does; a change that comes again and again is met by the
 * reads every 30 s that follow each repair.
 */

export interface DriftWatch {
  /** Asks until the signal aborts. */
  watch(task: DriftTask, signal: AbortSignal): Promise<void>;
}

export interface DriftTask {
  readonly binding: Binding;
  /** What the provider held when it was read last; null = not to be judged now, or its edge answers in place of it. */
  readonly expected: () => string | null;
  readonly differences: Differences;
  readonly differs: () => void;
}

const askEveryMs = 15 * secondMs;
const answerLimitMs = secondMs;
const findLimitMs = 5 * secondMs;
const findEveryMs = 10 * minuteMs;
const sameAgainMs = 10 * minuteMs;

export interface DriftWatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver: Resolver;
}

/** The form in which what the provider holds and what a server answers are compared. */
export function answerText(addresses: readonly string[]): string {
  return addresses.toSorted().join(',');
}

export function createDriftWatch({ clock, random, resolver }: DriftWatchPorts): DriftWatch {
  async function find({ zone }: Binding, signal: AbortSignal): Promise<readonly AuthoritativeServer[]> {
    const call = (limit: AbortSignal) => resolver.authoritativeServers(zone, limit);
    return withinLimit(clock, findLimitMs, call, signal).catch(() => []); // asked again in 15 s; the verifier warns
  }

  /** What each server says of itself, side by side under one time limit. */
  async function askAll(servers: readonly AuthoritativeServer[], { name, type }: Binding, signal: AbortSignal) {
    const answers: Answer[] = [];
    const ask = async (server: AuthoritativeServer, limit: AbortSignal) => {
      const { authoritative, rcode, addresses } = await resolver.ask(server, name, type, limit);
      const isAnswer = authoritative && (rcode === 'NOERROR' || rcode === 'NXDOMAIN');
      if (isAnswer) answers.push({ server, text: answerText(addresses) });
    };
    const all = (limit: AbortSignal) => Promise.allSettled(servers.map((server) => ask(server, limit)));
    await withinLimit(clock, answerLimitMs, all, signal).catch(() => undefined); // those that answered count
    return answers;
  }

  return {
    async watch({ binding, expected, differences, differs }, signal) {
      let servers: readonly AuthoritativeServer[] = [];
      let foundAt = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        await clock.sleep(spread(askEveryMs, random), signal);
        const wanted = expected();
        if (signal.aborted || wanted === null) continue;
        if (servers.length === 0 || clock.now() - foundAt >= findEveryMs) {
          servers = await find(binding, signal);
          foundAt = clock.now();
        }
        const answers = await askAll(servers, binding, signal);
        if (signal.aborted || expected() !== wanted) continue; // read or written while the servers were asked: they answered before
        if (differences.note(answers, wanted)) differs();
      }
    },
  };
}

interface Answer {
  readonly server: AuthoritativeServer;
  readonly text: string;
}

/** Tells a difference from a lag, and a new one from one that was read already. `wanted` in the form of `answerText`. */
export interface Differences {
  /** True when one of the answers is news. */
  note(answers: readonly Answer[], wanted: string): boolean;
}

export function createDifferences(clock: Clock): Differences {
  let expected = '';
  const right = new Set<string>();
  const told = new Map<string, Instant>();

  function isNews(key: string): boolean {
    const before = told.get(key) ?? Number.NEGATIVE_INFINITY;
    if (clock.now() - before < sameAgainMs) return false;
    told.set(key, clock.now());
    return true;
  }

  return {
    note(answers, wanted) {
      if (wanted !== expected) {
        expected = wanted;
        right.clear();
        told.clear();
      }
      let news = false;
      for (const { server, text } of answers) {
        const key = serverKey(server);
        if (text === wanted) right.add(key);
        else if (right.has(key) && isNews(`${key} ${text}`)) news = true;
      }
      return news;
    },
  };
}
