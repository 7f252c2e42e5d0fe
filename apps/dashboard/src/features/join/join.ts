import type { InvitationShown, UserView } from '@serverctl/contract';
import { peopleApi } from '../../lib/api/people.ts';
import { sessionApi } from '../../lib/api/session.ts';

export interface Given {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Uses the link, then signs in with what was just chosen. Where that takes more than the password the account is made all the same:
 * `signedIn` is false, and the gate asks for the rest.
 */
export async function join(
  { kind, email }: InvitationShown,
  secret: string,
  given: Given,
): Promise<{ readonly user: UserView; readonly signedIn: boolean }> {
  const { password } = given;
  const user = await peopleApi.accept({
    secret,
    password,
    ...(kind !== 'reset' && { name: given.name.trim() }),
    ...(email === null && { email: given.email.trim() }),
  });
  const signedIn = await sessionApi.signIn({ email: user.email, password }).then(
    () => true,
    () => false,
  );
  return { user, signedIn };
}
