import { refusedFields } from './refused-fields.ts';

export interface FieldWords {
  /** By the name of the field in the body: "It must be an e-mail address." */
  readonly byField: Readonly<Record<string, string>>;
  /** What is told as a whole: another failure, or fields that the form does not have. Null = all is said at the fields. */
  readonly rest: unknown;
}

/** What the API says of a field, said at the field itself. */
export function fieldWords(error: unknown, known: readonly string[]): FieldWords {
  const told = refusedFields(error);
  const here = told.filter(({ field, path }) => field !== null && known.includes(field) && !/\.\D/.test(path));
  const byField = Object.fromEntries(here.map(({ field, words }) => [field, `It ${words}.`]));
  return { byField, rest: told.length > 0 && here.length === told.length ? null : error };
}
