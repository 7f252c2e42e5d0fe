import { useId } from 'react';

/** What cannot be done now, with the reason: for the eye in its title, for readers as its description. */
export function NotNow({ why, tiny = false, children }: { why: string; tiny?: boolean; children: string }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        className={tiny ? 'btn tiny' : 'btn'}
        aria-disabled="true"
        aria-describedby={id}
        title={why}
      >
        {children}
      </button>
      <span className="vh" id={id}>
        {why}
      </span>
    </>
  );
}
