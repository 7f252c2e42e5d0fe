import { type DnsProvider, isAppError, secondMs, type ZoneCalls } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';

/** `read-zone` and `write-zone` are one call for many names. */
export type CountedVerb = 'probe' | 'read' | 'replace' | 'withdraw' | 'read-zone' | 'write-zone';

/** One call that ended: `ok`, or the code of its error, of many names the first; `other` for what is none of the catalogue. */
export type NoteCall = (verb: CountedVerb, outcome: string, seconds: number) => void;

/** The same provider, with each call noted when it ends. */
export function countedProvider(provider: DnsProvider, clock: Clock, note: NoteCall): DnsProvider {
  async function noted<T>(
    verb: CountedVerb,
    call: () => Promise<T>,
    outcomeOf: (result: T) => string = () => 'ok',
  ): Promise<T> {
    const beganAt = clock.now();
    const end = (outcome: string) => note(verb, outcome, (clock.now() - beganAt) / secondMs);
    try {
      const result = await call();
      end(outcomeOf(result));
      return result;
    } catch (error) {
      end(codeOf(error));
      throw error;
    }
  }

  function notedZone(calls: ZoneCalls): ZoneCalls {
    return {
      ...calls,
      read: (...args) => noted('read-zone', () => calls.read(...args), firstFailure),
      write: (...args) => noted('write-zone', () => calls.write(...args), firstFailure),
    };
  }

  const { zoneCalls } = provider;
  return {
    ...provider,
    probe: (...args) => noted('probe', () => provider.probe(...args)),
    read: (...args) => noted('read', () => provider.read(...args)),
    replace: (...args) => noted('replace', () => provider.replace(...args)),
    withdrawAaaa: (...args) => noted('withdraw', () => provider.withdrawAaaa(...args)),
    ...(zoneCalls !== undefined && { zoneCalls: notedZone(zoneCalls) }),
  };
}

function codeOf(error: unknown): string {
  return isAppError(error) ? error.code : 'other';
}

function firstFailure(results: readonly PromiseSettledResult<unknown>[]): string {
  const failed = results.find((result) => result.status === 'rejected');
  return failed === undefined ? 'ok' : codeOf(failed.reason);
}
