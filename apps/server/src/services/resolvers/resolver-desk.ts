import { mostAddresses } from '@serverctl/contract';
import { isAppError, type RecordType, secondMs } from '@serverctl/core';
import type { AskRecursive, RecursiveAnswer } from '@serverctl/dns';
import type { Clock } from '../../platform/clock.ts';
import type { WorkerLog } from '../../worker/ports.ts';
import { TimeLimitError, withinLimit } from '../../worker/time-limit.ts';
import { type ResolverEndpoint, resolverText } from './resolver-list.ts';

/*
 * Asks recursive resolvers when a person looks, and at no other time. What was heard is kept for some seconds, so that a page that reads
 * itself anew, or several people in an outage, ask as one. It is kept in this process alone: any replica answers, and none needs another.
 */

/** What one resolver said, or why it said nothing that can be used. */
export interface Heard {
  readonly resolver: string;
  readonly askedAt: Date;
  readonly answer: Answer | { readonly kind: 'none'; readonly because: string };
}

/** Of a record set without end only the first addresses are kept, and how many there were besides. */
type Answer = Extract<RecursiveAnswer, { readonly kind: 'answered' }> & { readonly moreAddresses: number };

/** The record that is asked for. */
export interface Asked {
  readonly name: string;
  readonly type: RecordType;
}

export interface ResolverDesk {
  /** Each resolver's answer, in their order, within about 2 s. Never rejects: a resolver that fails is told as that. */
  ask(resolvers: readonly ResolverEndpoint[], record: Asked): Promise<readonly Heard[]>;
  /** Forgets what was heard: nothing is left that a process would wait for before it ends. */
  close(): void;
}

export interface ResolverDeskPorts {
  readonly clock: Clock;
  readonly askRecursive: AskRecursive;
  readonly log: Pick<WorkerLog, 'warn'>;
}

const answerLimitMs = 2 * secondMs;
const freshMs = 5 * secondMs;
/** Each is a socket for up to 2 s: whoever reads very many names at once gets some of them without an answer. */
const mostAtOnce = 256;
const mostKept = 2_048;

interface Kept {
  readonly heard: Promise<Heard>;
  readonly cancel: () => void;
}

/** One for each process. */
export function createResolverDesk({ clock, askRecursive, log }: ResolverDeskPorts): ResolverDesk {
  /** In the order in which they were asked. */
  const kept = new Map<string, Kept>();
  let underWay = 0;

  async function askOne(endpoint: ResolverEndpoint, { name, type }: Asked): Promise<Heard> {
    const said = { resolver: resolverText(endpoint), askedAt: clock.wallTime() };
    underWay += 1;
    try {
      const answer = await withinLimit(clock, answerLimitMs, (signal) => askRecursive(endpoint, name, type, signal));
      return { ...said, answer: usable(answer) };
    } catch (error) {
      if (isFault(error))
        log.warn({ err: error, resolver: said.resolver, name, type }, 'a resolver could not be asked');
      return { ...said, answer: { kind: 'none', because: lossWords(error) } };
    } finally {
      underWay -= 1;
    }
  }

  function keep(key: string, heard: Promise<Heard>): void {
    const [oldest] = kept.keys();
    if (kept.size >= mostKept && oldest !== undefined) forget(oldest);
    kept.set(key, { heard, cancel: clock.after(freshMs, () => forget(key)) });
  }

  function forget(key: string): void {
    kept.get(key)?.cancel();
    kept.delete(key);
  }

  function hear(endpoint: ResolverEndpoint, record: Asked): Promise<Heard> {
    const resolver = resolverText(endpoint);
    const key = `${resolver} ${record.type} ${record.name}`;
    const known = kept.get(key);
    if (known !== undefined) return known.heard;
    if (underWay >= mostAtOnce) {
      const because = 'not asked: too many questions are under way';
      return Promise.resolve({ resolver, askedAt: clock.wallTime(), answer: { kind: 'none', because } });
    }
    const heard = askOne(endpoint, record);
    keep(key, heard);
    return heard;
  }

  return {
    ask: (resolvers, record) => Promise.all(resolvers.map((one) => hear(one, record))),
    close: () => {
      for (const key of [...kept.keys()]) forget(key);
    },
  };
}

function usable(answer: RecursiveAnswer): Heard['answer'] {
  switch (answer.kind) {
    case 'answered': {
      const addresses = answer.addresses.slice(0, mostAddresses);
      return { ...answer, addresses, moreAddresses: answer.addresses.length - addresses.length };
    }
    case 'failed':
      return { kind: 'none', because: answer.rcode };
    case 'not-recursive':
      return { kind: 'none', because: 'it looks up nothing for others: no recursive resolver' };
  }
}

/** What nobody foresaw: as likely a mistake of ours as one of theirs, so it is told to whoever runs the server. */
function isFault(error: unknown): boolean {
  return !isAppError(error) && !(error instanceof TimeLimitError);
}

/** Ours, not the catalogue's, which speaks of DNS providers. */
function lossWords(error: unknown): string {
  if (isFault(error)) return 'it could not be asked; see the server’s log';
  if (isAppError(error, 'outbound_forbidden')) return 'not asked: a private or local address that is not allowed';
  if (isAppError(error, 'dns_reply_malformed')) return 'its reply cannot be read';
  const isLate =
    error instanceof TimeLimitError || (isAppError(error, 'dns_unreachable') && error.details['because'] === 'aborted');
  return isLate ? `no answer within ${answerLimitMs / secondMs} s` : 'it cannot be reached';
}
