import { Note } from '../../ui/note.tsx';
import type { SavedCredential } from './credential-draft.ts';
import { TrialReport } from './trial-report.tsx';

/** What was stored, and what its trial found. */
export function CredentialResult({ saved, triedOn, tookMs }: SavedCredential) {
  const { credential, test, tried } = saved;
  return (
    <div className="grid gap-4.5" role="status">
      {test === null && tried.length === 0 && (
        <Note shape="needs-you">
          <b>{credential.name} is saved, untested.</b> Try it on a zone and a name before you rely on it.
        </Note>
      )}
      {(test !== null || tried.length > 0) && (
        <Note shape="healthy">
          <b>{credential.name} is saved.</b> Before that it was tried.
        </Note>
      )}
      {tried.length > 0 && (
        <ul className="small dim">
          {tried.map(({ zone, name, type }) => (
            <li key={zone}>
              It works for <span className="mono">{name}</span> {type} in <span className="mono">{zone}</span>.
            </li>
          ))}
        </ul>
      )}
      {test !== null && <TrialReport trial={{ zone: triedOn.testZone, name: triedOn.testName, test, tookMs }} />}
    </div>
  );
}
