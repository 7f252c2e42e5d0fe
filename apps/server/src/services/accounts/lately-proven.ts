import { AppError, type Instant, isAppError, mayDo, minuteMs, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import type { Credential, Principal } from './principal.ts';
import { sha256Of } from './secret.ts';

/*
 * Who reads metrics while the database is away. That it is away is the first thing that metrics have to tell, and the token that asks for them
 * is in the database: so an API token that this process found to have `metrics:read` within the last ten minutes goes on reading them, and
 * nothing else, while the database does not answer. One that was revoked meanwhile, has expired, or whose owner was disabled, reads them for
 * so long at most.
 *
 *   the database               | a token found lately            | any other
 *   answers                    | as it says                      | as it says
 *   answers late               | in after half a second          | `database_unavailable` after three; in the next time, if it is good
 *   does not answer            | in                              | as the look-up failed
 *   says: nobody, not allowed  | forgotten, whoever waits for it | as it says
 *
 * With the three seconds that metrics wait for their own reading a scrape ends within four, long before Prometheus gives up.
 */

export const latelyMs = 10 * minuteMs;
/** For who was found lately, and for who was not. */
const waitMs = { lately: secondMs / 2, never: 3 * secondMs } as const;
/** Tokens remembered, by their hash; beyond it the one found longest ago is forgotten. */
const mostRemembered = 100;

interface Found {
  readonly principal: Principal;
  readonly at: Instant;
}

export interface LatelyProven {
  /** Who may read metrics: by `look`, which is the usual proof, or as above without its answer. Rejects as `look` does. */
  prove(credential: Credential, look: () => Promise<Principal | null>): Promise<Principal | null>;
  /** The database says that this secret proves nobody. */
  forget(secret: string): void;
}

export function createLatelyProven(clock: Clock): LatelyProven {
  const found = new Map<string, Found>();

  function note(secret: string, principal: Principal | null): void {
    const key = keyOf(secret);
    found.delete(key);
    if (principal?.kind !== 'token' || !mayDo(principal.access, 'metrics:read', null)) return;
    found.set(key, { principal, at: clock.now() });
    if (found.size > mostRemembered) found.delete(found.keys().next().value ?? '');
  }

  /** Narrowed to metrics, whatever else it may. */
  function foundLately({ from, secret }: Credential): Principal | null {
    const one = from === 'bearer' ? found.get(keyOf(secret)) : undefined;
    if (one === undefined || clock.now() - one.at >= latelyMs) return null;
    const { principal } = one;
    return {
      ...principal,
      access: { ...principal.access, scope: { permissions: new Set(['metrics:read']), pools: null } },
    };
  }

  return {
    async prove(credential, look) {
      const { secret } = credential;
      const looking = look().then((principal) => {
        note(secret, principal); // also when nobody waits for it any more
        return principal;
      });
      const unanswered = looking.catch((error: unknown) => {
        const lately = isAppError(error, 'database_unavailable') ? foundLately(credential) : null;
        if (lately === null) throw error;
        return lately;
      });
      const waiting = new AbortController();
      const limitMs = foundLately(credential) === null ? waitMs.never : waitMs.lately;
      const late = clock.sleep(limitMs, waiting.signal).then(() => {
        const lately = waiting.signal.aborted ? null : foundLately(credential);
        if (lately === null) throw new AppError('database_unavailable', { because: 'no answer in time' });
        return lately;
      });
      late.catch(() => {}); // it is late for somebody who has an answer
      return Promise.race([unanswered, late]).finally(() => waiting.abort());
    },
    forget: (secret) => void found.delete(keyOf(secret)),
  };
}

function keyOf(secret: string): string {
  return sha256Of(secret).toString('base64');
}
