import { Failure } from './failure.ts';
import { type RefusedField, refusedFields } from './refused-fields.ts';

/** A refusal for the field that it is about: what, why here, what to do; all the server's words. */
export function refusalText(error: unknown): string {
  if (!(error instanceof Failure)) return 'The page itself has failed here. Reload it.';
  const because = untoldOf(error);
  const what = because === null ? error.message : `${error.message.replace(/\.$/, '')}: ${ended(because)}`;
  return `${what} ${error.remedy}`.trim();
}

/** The field of the body that is refused, without what is below it: "failback"; null = none is named. */
export function refusedField(error: unknown): string | null {
  if (!(error instanceof Failure)) return null;
  const { field } = error.details;
  if (typeof field === 'string') return field.split('.')[0] ?? null;
  return refusedFields(error)[0]?.field ?? null;
}

/**
 * What is wrong with a request, a line for each field that the API names, or for its one reason; empty where it says neither, or where its
 * message has said it all. Several fields are easier to find in a list, also where the message has them.
 */
export function refusedLines(error: unknown): readonly Pick<RefusedField, 'path' | 'words'>[] {
  if (!(error instanceof Failure)) return [];
  const { because, field } = error.details;
  if (typeof because === 'string')
    return isTold(error, because) ? [] : [{ path: typeof field === 'string' ? field : '', words: because }];
  const fields = refusedFields(error);
  return fields.length > 1 ? fields : fields.filter(({ words }) => !isTold(error, words));
}

/** What the message does not say itself. */
function untoldOf(error: Failure): string | null {
  const { because } = error.details;
  if (typeof because === 'string') return isTold(error, because) ? null : because;
  const untold = refusedFields(error)
    .filter(({ words }) => !isTold(error, words))
    .map(({ path, words }) => (path === '' ? words : `${path}: ${words}`));
  return untold.length > 0 ? untold.join('; ') : null;
}

/** A code that a machine gave ("CERT_HAS_EXPIRED") is no word for people: the message says what it means, and the log has it. */
const isCode = (text: string): boolean => /^[A-Za-z0-9]+([_-][A-Za-z0-9]+)+$/.test(text);

const isTold = ({ message }: Failure, words: string): boolean =>
  isCode(words) || message.includes(words.replace(/[.!?]$/, '').replace(/^(?:path|query|header)[./]/, ''));

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
