import { expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { fieldWords } from './field-words.ts';

const refused = (...fields: string[]) =>
  new Failure({ code: 'request_invalid', message: 'x', remedy: 'x', requestId: '', details: { fields } }, 422);

test('what the control plane refuses of a field is said at that field', () => {
  const error = refused('body.email: must be an e-mail address');
  expect(fieldWords(error, ['email'])).toEqual({ byField: { email: 'It must be an e-mail address.' }, rest: null });
});

test('what is no field of the form is told below it as well', () => {
  const error = refused('body.name: must not be empty', 'body.secret: must not be empty');
  expect(fieldWords(error, ['name'])).toEqual({ byField: { name: 'It must not be empty.' }, rest: error });
});

test('any other failure is told as it is', () => {
  const error = new Error('x');
  expect(fieldWords(error, ['name'])).toEqual({ byField: {}, rest: error });
});
