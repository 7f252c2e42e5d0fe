import { needsSignIn } from '../failure.ts';

interface Whose {
  readonly userId: string | null;
}

/** Another is signed in than the page was opened for. Who is not known is nobody else. */
export const isAnother = (first: Whose | undefined, now: Whose | undefined): boolean =>
  first !== undefined && now !== undefined && first.userId !== now.userId;

interface Told<Me> {
  /** Somebody else than at first. */
  readonly onAnother: () => void;
  /** The same as at first, with what they may do now. */
  readonly onSame: (now: Me) => void;
}

/** Whether anybody is signed in, and who. Rejects when nobody answers. */
export function isSignedInAs<Me extends Whose>(
  first: Whose | undefined,
  me: () => Promise<Me>,
  { onAnother, onSame }: Told<Me>,
): Promise<boolean> {
  return me().then(
    (now) => {
      if (isAnother(first, now)) onAnother();
      else onSame(now);
      return true;
    },
    (error: unknown) => {
      if (needsSignIn(error)) return false;
      throw error;
    },
  );
}
