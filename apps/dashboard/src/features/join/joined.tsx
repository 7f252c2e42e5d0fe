import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';

export interface JoinedAs {
  readonly title: string;
  readonly email: string;
  /** It has no second factor yet. */
  readonly offersSecond: boolean;
}

/** Signed in already; the first thing to do is the second factor. */
export function Joined({ as: { title, email, offersSecond } }: { readonly as: JoinedAs }) {
  const queries = useQueryClient();
  useEffect(() => {
    // Whoever was signed in here before is not the one who is now.
    queries.clear();
  }, [queries]);
  return (
    <>
      <div role="status">
        <h1>{title}</h1>
        <p className="lede">
          You are signed in as <b className="strong">{email}</b>.
        </p>
      </div>
      {offersSecond && (
        <>
          <p className="dim">
            With an authenticator, a password that somebody else learns is not enough to sign in. It takes a minute.
          </p>
          <Link className="btn prime big" to="/account" hash="authenticator">
            Set up an authenticator
          </Link>
        </>
      )}
      <Link className={offersSecond ? 'btn big' : 'btn prime big'} to="/pools">
        {offersSecond ? 'Later: go to the pools' : 'Go to the pools'}
      </Link>
    </>
  );
}
