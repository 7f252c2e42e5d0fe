import { AppError, type RecordRef, type RecordView, type Replaced } from '@serverctl/core';
import type { Connection } from './network.ts';
import type { ProcessClock } from './process-clock.ts';
import type { Answer, Asked, ProviderServer } from './provider.ts';
import { recordKey } from './zone.ts';

/** Calls to a provider's server over the simulated network, each for one name or for many. */
export interface ProviderExchange {
  read(refs: readonly RecordRef[], signal: AbortSignal): Promise<readonly RecordView[]>;
  write(asked: readonly Asked[], signal: AbortSignal): Promise<readonly Answer<Replaced>[]>;
}

export interface ExchangeParts {
  readonly server: ProviderServer;
  readonly clock: ProcessClock;
  readonly ways: Connection;
}

const keepMs = 4_000;

export function createProviderExchange({ server, clock, ways }: ExchangeParts): ProviderExchange {
  /** What is not answered before the signal aborts is open once it was sent, if it could change anything. */
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

  return {
    read: (refs, signal) => exchange(signal, false, (_isOver, answer) => server.read(refs.map(recordKey), answer)),
    write: (asked, signal) => exchange(signal, true, (isOver, answer) => server.write(asked, isOver, answer)),
  };
}
