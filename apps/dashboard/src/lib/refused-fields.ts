import { Failure } from './failure.ts';

export interface RefusedField {
  /** The field of the body, without what is below it: "failback"; null = it is about no field. */
  readonly field: string | null;
  /** With what is below it: "failback.afterMinutes"; empty where it is about no field. */
  readonly path: string;
  /** "must be an e-mail address" */
  readonly words: string;
}

/** What the API says is wrong with a request, field by field: `body.email: must be an e-mail address`. */
export function refusedFields(error: unknown): readonly RefusedField[] {
  const fields = error instanceof Failure ? error.details['fields'] : undefined;
  if (!Array.isArray(fields)) return [];
  return fields.map(String).map((text) => {
    const [, path = '', words = text] = /^body\.(\w[^\s:]*): (.+)$/.exec(text) ?? [];
    return { field: path === '' ? null : (path.split('.')[0] ?? null), path, words };
  });
}
