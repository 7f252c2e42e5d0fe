import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/** What a field must be, in words that follow its name and a colon. A schema's own message goes before these; no pattern is ever shown. */
export function issueWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return `must be given, as ${typeWords[issue.expected] ?? issue.expected}`;
      return `must be ${typeWords[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return `must ${sizeWords(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_value':
      if (issue['expected'] === 'stringbool') return 'must be true or false';
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return choiceWords(issue);
    case 'unrecognized_keys':
      return `does not know ${issue.keys.join(', ')}; check the spelling or leave it out`;
    default:
      return 'is not in the form that is expected here';
  }
}

/** Of what is of one of several kinds, the field that tells which. */
function choiceWords({ options }: Issue & { readonly options?: readonly unknown[] }): string {
  return options === undefined
    ? 'is not in the form that is expected here'
    : `must be one of ${options.map(String).join(', ')}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
};

function sizeWords(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${count(limit, 'character')}`;
  if (origin === 'array') return `have ${bound} ${limit === 1 ? '1 entry' : `${limit} entries`}`;
  return `be ${bound} ${limit}`;
}

function count(limit: number | bigint, unit: string): string {
  return `${limit} ${unit}${limit === 1 ? '' : 's'}`;
}
