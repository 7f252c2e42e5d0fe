import {
  AppError,
  type DnsProvider,
  type RecordRef,
  type RecordView,
  type Replaced,
  type ReplaceRequest,
} from '@serverctl/core';
import type { Connection } from './network.ts';
import type { DnsCall, DnsOutcome } from './observer.ts';
import type { ProcessClock } from './process-clock.ts';
import { type Answer, type ProviderServer, sameView } from './provider.ts';

/*
 * A provider's adapter in one process, as packages/dns would be: it carries a call to the provider's server and says in its words what came
 * of it. For a plain account a write is three calls, as with Cloudflare: read and compare, write, read back.
 */

export interface ClientParts {
  readonly server: ProviderServer;
  readonly clock: ProcessClock;
  readonly ways: Connection;
  /** Notes the call's begin; the returned function its end. */
  readonly began: (verb: DnsCall['verb'], ref: RecordRef, request: ReplaceRequest | null) => Began;
}

export interface Began {
  readonly call: DnsCall;
  readonly ended: (outcome: DnsOutcome) => void;
}

const keepMs = 4_000;

export function createProviderClient({ server, clock, ways, began }: ClientParts): DnsProvider {
  const isPlain = server.account.flavour === 'plain';

  /** One exchange. What is not answered before the signal aborts is open once it was sent, if it could change anything. */
  function exchange<T>(
    signal: AbortSignal,
    changes: boolean,
    arrive: (isOver: () => boolean, answer: (answer: Answer<T>) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let isOver = signal.aborted;
      const couldSend = !ways.there.isCut;
      const giveUp = () => {
        if (isOver) return;
        isOver = true;
        reject(new AppError(changes && couldSend ? 'dns_outcome_unknown' : 'dns_unreachable', { because: 'aborted' }));
      };
      if (isOver) return reject(new AppError('dns_unreachable', { because: 'aborted' }));
      signal.addEventListener('abort', giveUp, { once: true });
      const answered = (answer: Answer<T>) => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener('abort', giveUp);
        if ('ok' in answer) resolve(answer.ok);
        else reject(answer.error);
      };
      const answer = (given: Answer<T>) => ways.back.send(() => clock.deliver(() => answered(given)), keepMs);
      let hasArrived = false;
      const once = () => {
        if (hasArrived || (isOver && !changes) || server.account.down) return;
        hasArrived = true;
        arrive(() => isOver, answer);
      };
      ways.there.send(once, keepMs);
    });
  }

  const readAt = (name: string, signal: AbortSignal) =>
    exchange<RecordView>(signal, false, (_isOver, answer) => server.read(name, answer));

  async function writePlainly(request: ReplaceRequest, call: DnsCall, signal: AbortSignal): Promise<Replaced> {
    const before = await readAt(request.ref.name, signal);
    if (!sameView(before, request.expected)) {
      server.reject(call);
      throw new AppError('dns_rrset_drifted');
    }
    const replaced = await write(request, call, signal);
    const after = await readAt(request.ref.name, signal).catch((error: unknown) => {
      throw new AppError('dns_outcome_unknown', { because: 'not read back' }, error);
    });
    const [only, ...more] = after.rrset?.addresses ?? [];
    if (only !== request.next.address || more.length > 0)
      throw new AppError('dns_outcome_unknown', { because: 'read back' });
    return replaced;
  }

  const write = (request: ReplaceRequest, call: DnsCall, signal: AbortSignal) =>
    exchange<Replaced>(signal, true, (isOver, answer) => server.write(request, call, isOver, answer));

  return {
    async probe(ref, signal) {
      await told(began('probe', ref, null), readAt(ref.name, signal));
      return { canEdit: true, canMark: true, soaSerial: null, skewSeconds: null };
    },
    read: (ref, signal) => told(began('read', ref, null), readAt(ref.name, signal)),
    replace(request, signal) {
      const noted = began('replace', request.ref, request);
      const doing = isPlain ? writePlainly(request, noted.call, signal) : write(request, noted.call, signal);
      return told(noted, doing, ({ outcome }) => (outcome === 'already' ? 'already' : 'ok'));
    },
  };
}

async function told<T>(
  { ended }: Began,
  doing: Promise<T>,
  outcomeOf: (result: T) => DnsOutcome = () => 'ok',
): Promise<T> {
  try {
    const result = await doing;
    ended(outcomeOf(result));
    return result;
  } catch (error) {
    ended(`error:${error instanceof AppError ? error.code : String(error)}`);
    throw error;
  }
}
