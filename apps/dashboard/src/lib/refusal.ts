import { Failure } from './failure.ts';
import { type RefusedField, refusedFields } from './refused-fields.ts';

/** A refusal for the field that it is about: what, why here, what to do; all the server's words. */
export function refusalText(error: unknown): string {
  if (!(error instanceof Failure)) return 'The page itself has failed here. Reload it.';
  const because = becauseOf(error);
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

/** What is wrong with a request, a line for each field that the API names, or for its one reason; empty where it says neither. */
export function refusedLines(error: unknown): readonly Pick<RefusedField, 'path' | 'words'>[] {
  const { because, field } = error instanceof Failure ? error.details : {};
  if (typeof because === 'string') return [{ path: typeof field === 'string' ? field : '', words: because }];
  return refusedFields(error);
}

function becauseOf(error: Failure): string | null {
  const { because } = error.details;
  if (typeof because === 'string') return because;
  const told = refusedFields(error).map(({ path, words }) => (path === '' ? words : `${path}: ${words}`));
  return told.length > 0 ? told.join('; ') : null;
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
