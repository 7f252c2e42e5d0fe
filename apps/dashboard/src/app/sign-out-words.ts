import { Failure, needsSignIn } from '../lib/failure.ts';

/** What is the case after a sign-out that failed; null = the session is over, which is what was asked for. */
export function signOutWords(error: unknown): string | null {
  if (needsSignIn(error)) return null;
  // Refused by the control plane itself; of anything else it is not known whether it got there.
  const isAnswered = error instanceof Failure && error.requestId !== null;
  return isAnswered ? 'You are still signed in.' : 'You may still be signed in.';
}
