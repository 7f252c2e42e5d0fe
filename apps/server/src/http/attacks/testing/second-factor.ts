import { Secret, TOTP } from 'otpauth';
import { makeUser, signInAs, type TestUser } from '../../../services/accounts/testing/accounts.ts';
import { api, type Siege } from './siege.ts';

/** A user with an authenticator and recovery codes, as the API made them. */
export interface GuardedUser extends TestUser {
  readonly recoveryCodes: readonly string[];
  /** The code of so many steps from now. */
  code(steps?: number): string;
}

export const stepMs = 30_000;

/** Leaves the house in the step after the one that confirmed it, so that `code()` is a fresh one. */
export async function makeGuardedUser(siege: Siege, email: string): Promise<GuardedUser> {
  const user = await makeUser(siege.deps, { email });
  const { headers } = await signInAs(siege.deps, user);
  const begun = await siege.ask('POST', `${api}/me/totp`, { headers });
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret), digits: 6, period: 30, algorithm: 'SHA1' });
  const code = (steps = 0) => totp.generate({ timestamp: siege.clock.wallTime().getTime() + steps * stepMs });
  const confirmed = await siege.ask('POST', `${api}/me/totp/confirm`, { headers, body: { code: code() } });
  if (confirmed.status !== 200) throw new Error(`the authenticator was refused: ${confirmed.text}`);
  await siege.clock.advance(stepMs);
  return { ...user, recoveryCodes: confirmed.body.recoveryCodes, code };
}

/** Six digits that are none of the codes that count now. */
export function wrongCode(user: GuardedUser): string {
  const right = new Set([-1, 0, 1].map((steps) => user.code(steps)));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.has(code)) ?? '';
}
