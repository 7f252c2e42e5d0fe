import { type DnsProvider, isAppError, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';

/** One call that ended: `ok`, or the code of its error; `other` for what is none of the catalogue. */
export type NoteCall = (verb: 'probe' | 'read' | 'replace', outcome: string, seconds: number) => void;

/** The same provider, with each call noted when it ends. */
export function countedProvider(provider: DnsProvider, clock: Clock, note: NoteCall): DnsProvider {
  async function noted<T>(verb: Parameters<NoteCall>[0], call: () => Promise<T>): Promise<T> {
    const beganAt = clock.now();
    const end = (outcome: string) => note(verb, outcome, (clock.now() - beganAt) / secondMs);
    try {
      const result = await call();
      end('ok');
      return result;
    } catch (error) {
      end(isAppError(error) ? error.code : 'other');
      throw error;
    }
  }

  return {
    probe: (...args) => noted('probe', () => provider.probe(...args)),
    read: (...args) => noted('read', () => provider.read(...args)),
    replace: (...args) => noted('replace', () => provider.replace(...args)),
  };
}
