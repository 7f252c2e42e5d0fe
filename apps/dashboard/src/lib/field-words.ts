import { Failure } from './failure.ts';

export interface FieldWords {
  /** By the name of the field in the body: "It must be an e-mail address." */
  readonly byField: Readonly<Record<string, string>>;
  /** What is told as a whole: another failure, or fields that the form does not have. Null = all is said at the fields. */
  readonly rest: unknown;
}

/** `body.email: must be an e-mail address`, as the API names what is wrong, said at the field itself. */
export function fieldWords(error: unknown, known: readonly string[]): FieldWords {
  const fields = error instanceof Failure ? error.details['fields'] : undefined;
  if (!Array.isArray(fields)) return { byField: {}, rest: error };
  const told = fields.map((text) => /^body\.(\w+)(?:\.\d+)*: (.+)$/.exec(text));
  const here = told.filter((one) => one !== null && known.includes(one[1] ?? ''));
  const byField = Object.fromEntries(here.map((one) => [one?.[1] ?? '', `It ${one?.[2]}.`]));
  return { byField, rest: here.length === fields.length ? null : error };
}
