import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MemberId } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';

/*
 * The short-lived proof that an agent's key was proven (R35): `member.key.boot.expiry.mac`, the MAC being HMAC-SHA256 over the rest.
 * Checking it needs no I/O; a token that was checked here before needs no cryptography either, so the rate limit for unauthenticated
 * attempts (R5) can never stand between us and a member we know.
 *
 * The expiry is wall time, since replicas and restarts must agree on it. A clock set back cannot stretch a token: one that would live
 * longer than any we issue is refused.
 */

export const sessionLifetimeSeconds = 840;
/** R35's ceiling; the minute above what we issue is for replicas whose clocks differ. */
const longestLifetimeMs = 900_000;

export interface Session {
  readonly memberId: MemberId;
  readonly keyId: string;
  readonly boot: number;
  readonly expiresAtMs: number;
}

export class SessionTokens {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** The last valid token of each member. */
  readonly #known = new Map<string, { readonly token: Buffer; readonly session: Session }>();

  constructor(key: Uint8Array, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  issue(memberId: MemberId, keyId: string, boot: number): string {
    const expiresAtMs = this.#clock.wallTime().getTime() + sessionLifetimeSeconds * 1_000;
    const claims = `${memberId}.${keyId}.${boot}.${expiresAtMs}`;
    const token = `${claims}.${this.#mac(claims)}`;
    this.#known.set(memberId, { token: Buffer.from(token), session: { memberId, keyId, boot, expiresAtMs } });
    return token;
  }

  /** The session of a token that was found valid here before and still is; null says nothing about any other. No cryptography. */
  recall(token: string): Session | null {
    const known = this.#known.get(token.slice(0, token.indexOf('.')));
    if (known === undefined || known.token.length !== token.length) return null;
    const given = Buffer.from(token);
    if (given.length !== known.token.length || !timingSafeEqual(given, known.token)) return null;
    return this.#isAlive(known.session) ? known.session : null;
  }

  /** The session of a valid, unexpired token, else null. */
  open(token: string): Session | null {
    const cut = token.lastIndexOf('.');
    const claims = token.slice(0, cut);
    const given = Buffer.from(token.slice(cut + 1));
    const mac = Buffer.from(this.#mac(claims)); // compared as text: base64url has several spellings of the same bytes
    if (cut < 0 || given.length !== mac.length || !timingSafeEqual(given, mac)) return null;
    const [memberId = '', keyId = '', boot, expiry] = claims.split('.');
    const session = { memberId: memberId as MemberId, keyId, boot: Number(boot), expiresAtMs: Number(expiry) };
    if (!this.#isAlive(session)) return null;
    this.#known.set(memberId, { token: Buffer.from(token), session });
    return session;
  }

  /** Forgets the tokens of members for whom `isMember` is false. */
  retain(isMember: (memberId: MemberId) => boolean): void {
    for (const [memberId, { session }] of this.#known) if (!isMember(session.memberId)) this.#known.delete(memberId);
  }

  #isAlive(session: Session): boolean {
    const leftMs = session.expiresAtMs - this.#clock.wallTime().getTime();
    return leftMs > 0 && leftMs <= longestLifetimeMs;
  }

  #mac(claims: string): string {
    return createHmac('sha256', this.#key).update(claims).digest('base64url');
  }
}
