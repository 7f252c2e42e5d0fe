import { isAppError } from '@serverctl/core';
import { Secret, TOTP } from 'otpauth';
import { beginTotp, confirmTotp } from '../own-account-totp.ts';
import type { SignedInUser } from '../sessions.ts';
import type { SignInDesk } from '../sign-in-desk.ts';
import type { OwnRequest } from '../step-up.ts';
import { makeUser, signInAs, type TestUser } from './accounts.ts';
import type { AccountHouse } from './house.ts';

/* Jane, who signs in, and proves herself within her sessions. */

export interface Jane {
  readonly house: AccountHouse;
  readonly desk: SignInDesk;
  readonly jane: TestUser;
}

/** From where her requests come. */
export const askedFrom = { peer: '192.0.2.7', userAgent: 'test', requestId: 'r1' };
export const wrongPassword = 'wrong password altogether';

export function makeJane(house: AccountHouse): Promise<TestUser> {
  return makeUser(house, { email: 'jane@example.com', name: 'Jane Doe' });
}

/** The error's code, or that it came in. */
export function outcome(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'in',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

/** A request within a new session of hers, whose proof is fresh. */
export async function ownRequestOf({
  house,
  jane,
}: Pick<Jane, 'house' | 'jane'>): Promise<OwnRequest & { readonly token: string }> {
  const { session, token } = await signInAs(house, jane);
  const user: SignedInUser = {
    kind: 'user',
    actor: `user:${jane.email}`,
    access: { grants: [], scope: null },
    userId: jane.id,
    sessionId: session.id,
    isSteppedUp: true,
  };
  return { ...askedFrom, user, token };
}

/** What her authenticator shows, so many steps from now. */
export function codeOf({ clock }: AccountHouse, secret: string, stepsAhead = 0): string {
  const timestamp = clock.wallTime().getTime() + stepsAhead * 30_000;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

export function notThis(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

/** A session of hers while an authenticator is in force, whose last used step is long past. */
export async function addTotp({ house, desk, jane }: Jane) {
  const own = await ownRequestOf({ house, jane });
  const { secret } = await beginTotp(house, own);
  const { recoveryCodes } = await confirmTotp(house, desk, own, codeOf(house, secret));
  await house.clock.advance(120_000);
  return { own, secret, recoveryCodes };
}
