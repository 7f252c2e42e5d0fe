import { Failure } from './failure.ts';

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
  const { field, fields } = error.details;
  if (typeof field === 'string') return field.split('.')[0] ?? null;
  const [first] = Array.isArray(fields) ? fields : [];
  return /^body\.(\w+)/.exec(first ?? '')?.[1] ?? null;
}

function becauseOf({ details: { because, fields } }: Failure): string | null {
  if (typeof because === 'string') return because;
  return Array.isArray(fields) && fields.length > 0 ? fields.map((one) => one.replace(/^body\./, '')).join('; ') : null;
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
