import { expect, it } from 'vitest';
import { AppError, type ErrorDetails } from './app-error.ts';
import { errorCatalogue } from './catalogue.ts';

const message = (details: ErrorDetails) => new AppError('request_invalid', details).message;

it.each<[string, ErrorDetails, string]>([
  [
    'a field of the body',
    { fields: ['body.password: must have at most 200 characters'] },
    'password: must have at most 200 characters.',
  ],
  [
    'several fields, wherever they stand',
    { fields: ['query.at: must not lie ahead', 'path.pool: must not be empty', 'body/seq: must be integer'] },
    'at: must not lie ahead; pool: must not be empty; seq: must be integer.',
  ],
  ['a field below another', { fields: ['body.settings.port: must be a number'] }, 'settings.port: must be a number.'],
  ['the body as a whole', { fields: ['body: is not valid JSON'] }, 'body: is not valid JSON.'],
  [
    'a field that is named apart',
    { field: 'preset', because: 'one of haproxy, generic' },
    'preset: one of haproxy, generic.',
  ],
  ['an option', { option: '--token-file', because: 'it is empty' }, '--token-file: it is empty.'],
  [
    'no field',
    { because: 'a credential holds the ids of at most 50 zones' },
    'a credential holds the ids of at most 50 zones.',
  ],
  ['somebody', { because: 'jane@example.com has no role there.' }, 'jane@example.com has no role there.'],
  ['nothing', { requestId: 'x' }, errorCatalogue.request_invalid.summary],
])('the message of an invalid request says by itself what is wrong with %s', (_what, details, words) => {
  expect(message(details)).toBe(words);
});

it('names no more fields than a sentence bears, and how many there are beside them', () => {
  const fields = Array.from({ length: 7 }, (_, index) => `body.f${index}: must be text`);
  expect(message({ fields })).toMatch(/^f0: must be text; .*f4: must be text; and 2 more\.$/);
});
