import { type Instant, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';

/** What a key must sign: ours, single use, 30 s, kept in this process only (R35). */
export const nonceLifetimeMs = 30 * secondMs;
export const nonceLimit = 20_000;

interface Issued {
  readonly memberId: string;
  readonly until: Instant;
}

/** Issued, not yet used nonces, oldest first. When there are too many the oldest goes: its agent asks again. */
export class Nonces {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #issued = new Map<string, Issued>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A new nonce for whoever says to be this member; nothing tells whether the member exists. */
  issue(memberId: string): string {
    const now = this.#clock.now();
    for (const [nonce, { until }] of this.#issued) {
      if (until > now && this.#issued.size < nonceLimit) break;
      this.#issued.delete(nonce);
    }
    const nonce = Buffer.from(this.#random.bytes(32)).toString('base64url');
    this.#issued.set(nonce, { memberId, until: now + nonceLifetimeMs });
    return nonce;
  }

  /** Whether the nonce was issued for this member, is young enough and was not used; used up in any case. */
  consume(nonce: string, memberId: string): boolean {
    const issued = this.#issued.get(nonce);
    this.#issued.delete(nonce);
    return issued !== undefined && issued.memberId === memberId && this.#clock.now() < issued.until;
  }
}
