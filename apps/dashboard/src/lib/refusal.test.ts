import { expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { refusalText, refusedField, refusedLines } from './refusal.ts';

const failure = (details: Failure['details']) =>
  new Failure({ code: 'x', message: 'The grace is too long.', remedy: 'Choose 1 s.', details, requestId: 'r' }, 400);

test('a refusal says what, why here and what to do, in the server’s words', () => {
  expect(refusalText(failure({}))).toBe('The grace is too long. Choose 1 s.');
  expect(refusalText(failure({ because: 'less than the failover delay of 10 s' }))).toBe(
    'The grace is too long: less than the failover delay of 10 s. Choose 1 s.',
  );
  expect(refusalText(failure({ fields: ['body.name: Too long', 'body.x: No'] }))).toBe(
    'The grace is too long: name: Too long; x: No. Choose 1 s.',
  );
});

test('it belongs to the field that the server names, and to none where it names none', () => {
  expect(refusedField(failure({ field: 'failback.afterMinutes' }))).toBe('failback');
  expect(refusedField(failure({ fields: ['body.name: Too long'] }))).toBe('name');
  expect(refusedField(failure({}))).toBeNull();
  expect(refusedField(new Error('no'))).toBeNull();
});

test('a note has a line for each field that is named, or for the one reason that is', () => {
  expect(refusedLines(failure({ fields: ['body.password: Too long', 'query.at: No'] }))).toMatchObject([
    { path: 'password', words: 'Too long' },
    { path: '', words: 'query.at: No' },
  ]);
  expect(refusedLines(failure({ field: 'url', because: 'must be https' }))).toEqual([
    { path: 'url', words: 'must be https' },
  ]);
  expect(refusedLines(failure({ retryAfterSeconds: 3 }))).toEqual([]);
  expect(refusedLines(new Error('no'))).toEqual([]);
});
