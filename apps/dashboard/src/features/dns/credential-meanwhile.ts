import type { CredentialView } from '@serverctl/contract';
import { type CredentialDraft, type DraftField, draftOf } from './credential-draft.ts';

/*
 * A form of a credential while somebody else changes what it is of: it stays on what it was opened with, and a person says what becomes of both.
 */

/** Total: of a new field this does not compile before it is said whether it is stored. Null = it is not, or never changes. */
const labels: Readonly<Record<DraftField, string | null>> = {
  ...{ provider: null, secret: null, testZone: null, testName: null },
  ...{ name: 'name', host: 'server', port: 'port', transport: 'transport', user: 'user' },
  ...{ keyName: 'key name', algorithm: 'algorithm', apiBase: 'API base', plan: 'plan', zoneIds: 'zone ids' },
  ...{ serverName: 'name in the certificate', trust: 'certificate', pin: 'fingerprint', ca: 'authority’s certificate' },
};
const trustWords: Readonly<Record<CredentialDraft['trust'], string>> = {
  public: 'believed by public authorities',
  pin: 'believed by its fingerprint',
  ca: 'believed by an authority’s certificate',
};
const storedFields = (Object.keys(labels) as DraftField[]).filter((field) => labels[field] !== null);
/** One choice of the form: half of one and half of another would believe what nobody chose. */
const believed: readonly DraftField[] = ['trust', 'pin', 'ca'];

/** What is stored otherwise than when the form was opened, a line each: "server: ns2.example.com". */
export function changedMeanwhile(opened: CredentialView, now: CredentialView): readonly string[] {
  const [before, after] = [draftOf(opened), draftOf(now)];
  return storedFields
    .filter((field) => before[field] !== after[field])
    .map((field) => `${labels[field]}: ${valueText(after, field)}`);
}

function valueText(draft: CredentialDraft, field: DraftField): string {
  if (field === 'trust') return trustWords[draft.trust];
  if (draft[field] === '') return 'none';
  return field === 'ca' ? 'another one' : draft[field].split('\n').join(', ');
}

/** As it is stored now; what it is tried on stays. */
export const takenTheirs = (now: CredentialView, { testZone, testName }: CredentialDraft): CredentialDraft => ({
  ...draftOf(now),
  testZone,
  testName,
});

/** What was written in the form stays, and what was not touched becomes theirs. A secret was typed for what stood beside it: for another place it is asked for again. */
export function keptMine(opened: CredentialView, now: CredentialView, draft: CredentialDraft): CredentialDraft {
  const [before, after] = [draftOf(opened), draftOf(now)];
  const isWritten = (field: DraftField) => draft[field] !== before[field];
  const isMine = (field: DraftField) => (believed.includes(field) ? believed.some(isWritten) : isWritten(field));
  const theirs = Object.fromEntries(
    storedFields.filter((field) => !isMine(field)).map((field) => [field, after[field]]),
  ) as Partial<CredentialDraft>;
  const merged = { ...draft, ...theirs };
  const isElsewhere = storedFields.some((field) => field !== 'name' && merged[field] !== draft[field]);
  return isElsewhere ? { ...merged, secret: '' } : merged;
}
