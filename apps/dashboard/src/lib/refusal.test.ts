import { expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { refusalText, refusedField, refusedLines } from './refusal.ts';

const failure = (details: Failure['details'], message = 'The grace is too long.') =>
  new Failure({ code: 'x', message, remedy: 'Choose 1 s.', details, requestId: 'r' }, 400);

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

test('what the message says already is said once', () => {
  const one = failure({ fields: ['body.name: must be short'] }, 'name: must be short.');
  expect([refusalText(one), refusedLines(one)]).toEqual(['name: must be short. Choose 1 s.', []]);
  const because = failure({ because: 'nothing is named.' }, 'nothing is named.');
  expect([refusalText(because), refusedLines(because)]).toEqual(['nothing is named. Choose 1 s.', []]);
  const query = failure({ fields: ['query.at: No'] }, 'at: No.');
  expect([refusalText(query), refusedLines(query)]).toEqual(['at: No. Choose 1 s.', []]);
});

test('several fields have a line each, and in a sentence only those that the message leaves out', () => {
  const several = failure({ fields: ['body.a: No', 'body.b: Never'] }, 'a: No; and 1 more.');
  expect(refusedLines(several).map(({ path }) => path)).toEqual(['a', 'b']);
  expect(refusalText(several)).toBe('a: No; and 1 more: b: Never. Choose 1 s.');
});

test('a code that a machine gave is told to nobody', () => {
  const code = failure({ because: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect([refusalText(code), refusedLines(code)]).toEqual(['The grace is too long. Choose 1 s.', []]);
});
