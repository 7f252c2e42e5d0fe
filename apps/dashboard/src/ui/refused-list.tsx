import { refusedLines } from '../lib/refusal.ts';

/** What the API says is wrong with a request, a line for each field that it names; nothing where it says no more than its message. */
export function RefusedList({ error }: { readonly error: unknown }) {
  const lines = refusedLines(error);
  if (lines.length === 0) return null;
  return (
    <ul className="small mt-1">
      {lines.map(({ path, words }) => (
        <li key={`${path} ${words}`} className="wrap-anywhere">
          {path !== '' && <b className="strong">{path}: </b>}
          {words}
        </li>
      ))}
    </ul>
  );
}
