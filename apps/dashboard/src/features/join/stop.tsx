import { Link } from '@tanstack/react-router';
import { Button } from '../../ui/button.tsx';
import type { StopWords } from './join-words.ts';

/** A link that leads nowhere, and the way out. */
export function Stop({ words, onRetry }: { readonly words: StopWords; readonly onRetry: () => void }) {
  return (
    <>
      <div role="alert">
        <h1>{words.title}</h1>
        <p className="lede">{words.text}</p>
      </div>
      {words.canRetry && (
        <Button size="big" onClick={onRetry}>
          Try again
        </Button>
      )}
      {words.canSignIn && (
        <Link className="btn big" to="/sign-in">
          Sign in
        </Link>
      )}
      <p className="tiny dimmer">
        Without a browser: <span className="mono">serverctl join</span> asks for the whole link.
      </p>
    </>
  );
}
