import { needsSignIn } from '../failure.ts';

interface Whose {
  readonly userId: string | null;
}

/** Another is signed in than the page was opened for. Who is not known is nobody else. */
export const isAnother = (first: Whose | undefined, now: Whose | undefined): boolean =>
  first !== undefined && now !== undefined && first.userId !== now.userId;

/** Whether anybody is signed in; `onAnother` where it is somebody else than at first. Rejects when nobody answers. */
export function isSignedInAs(
  first: Whose | undefined,
  me: () => Promise<Whose>,
  onAnother: () => void,
): Promise<boolean> {
  return me().then(
    (now) => {
      if (isAnother(first, now)) onAnother();
      return true;
    },
    (error: unknown) => {
      if (needsSignIn(error)) return false;
      throw error;
    },
  );
}
