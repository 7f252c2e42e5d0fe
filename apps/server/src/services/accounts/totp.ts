import { timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { UserRow } from '../../db/repositories/users.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { SecretBox, SecretPlace } from '../../platform/secrets.ts';

/*
 * Codes of an authenticator (RFC 6238): HMAC-SHA-1, six digits, 30 s, what every authenticator knows. A code of the step before and after the
 * present one is taken as well, for clocks that are off by half a minute. Each step works once, and none before the last one used: when the
 * host's wall clock is set back, codes are refused until it has come to that step again, and a recovery code is the way in.
 */

/** RFC 4226 section 4, R6: 160 bits. */
const secretBytes = 20;
const periodSeconds = 30;
const issuer = 'ServerCTL';

/** What an authenticator is given, as a link and as text to type. */
export interface TotpSecret {
  readonly uri: string;
  readonly secret: string;
}

export function newTotpSecret(random: Random, email: string): TotpSecret {
  const bytes = Uint8Array.from(random.bytes(secretBytes));
  const totp = totpOf(new Secret({ buffer: bytes.buffer }), email);
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/** Where a user's secret stands in the database (R38). Each new one has a new version. */
export function totpPlace(userId: string, version: number): SecretPlace {
  return { table: 'user', row: userId, column: 'totp_secret', version };
}

/** The user's secret as text; null where there is none. Throws `secret_unreadable`. */
export function openTotpSecret(
  secrets: SecretBox,
  { id, totp_secret, totp_version }: Pick<UserRow, 'id' | 'totp_secret' | 'totp_version'>,
): string | null {
  return totp_secret === null ? null : secrets.open(totp_secret, totpPlace(id, totp_version));
}

/** The step whose code this is, of those that are near and after `lastStep`; null = of none. */
export function matchingStep(secret: string, code: string, lastStep: number, clock: Clock): number | null {
  const totp = totpOf(Secret.fromBase32(secret), '');
  const present = Math.floor(clock.wallTime().getTime() / (periodSeconds * 1_000));
  const given = Buffer.from(code);
  let found: number | null = null;
  for (const step of [present - 1, present, present + 1]) {
    const right = Buffer.from(totp.generate({ timestamp: step * periodSeconds * 1_000 }));
    const isRight = right.length === given.length && timingSafeEqual(right, given);
    if (isRight && step > lastStep) found ??= step;
  }
  return found;
}

function totpOf(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer, label, secret, algorithm: 'SHA1', digits: 6, period: periodSeconds });
}
