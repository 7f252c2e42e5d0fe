import { type PreflightState, secondMs } from '@serverctl/core';
import type { Random } from '../platform/random.ts';
import type { DnsProviders } from './ports.ts';
import { preflightEveryMs, preflightPeriodMs, shortestPauseShare } from './preflight-period.ts';
import type { LastLook } from './preflight-ports.ts';

/** How long the turns of one credential in one zone wait while nobody asks for a look, in ms; see the table in preflight-turns.ts. */
export interface PreflightPauses {
  /** Before the first look of a term; `last` = the look before, whoever led then. */
  beforeFirstMs(last: LastLook | null): Promise<number>;
  /** After a look; `state` null = nothing was found out. */
  afterMs(state: PreflightState | null): Promise<number>;
}

export interface PausesOf {
  readonly credentialId: string;
  readonly random: Random;
  readonly providers: DnsProviders;
  /** In how many zones the credential is used now. */
  zones(): number;
}

const firstWithinMs = 10 * secondMs;

export function createPauses({ credentialId, random, providers, zones }: PausesOf): PreflightPauses {
  /** While the credential cannot be opened its limit is taken for the strictest, and its calls for the cheapest. */
  async function periodMs(): Promise<number> {
    const provider = await providers.forCredential(credentialId).catch(() => null);
    return preflightPeriodMs(providers.limitOf(credentialId), zones(), provider?.requestsPer);
  }

  function spreadMs(mostMs: number): number {
    return mostMs * (shortestPauseShare + random.fraction() * (1 - shortestPauseShare));
  }

  return {
    async beforeFirstMs(last) {
      const mostMs = last?.isFailing === false ? await periodMs() : preflightEveryMs;
      if (last === null || mostMs <= preflightEveryMs) return random.fraction() * firstWithinMs;
      return Math.max(random.fraction() * preflightEveryMs, spreadMs(mostMs) - last.agoMs);
    },
    async afterMs(state) {
      return spreadMs(state === null || state === 'failing' ? preflightEveryMs : await periodMs());
    },
  };
}
