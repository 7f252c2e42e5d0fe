import { expect, test } from 'vitest';
import { Failure, unexpectedReply, unreachable } from '../lib/failure.ts';
import { signOutWords } from './sign-out-words.ts';

const refused = (code: string, status: number) =>
  new Failure({ code, message: 'm', remedy: 'r', details: {}, requestId: 'id' }, status);

test('a session that is over already needs no sign-out: nothing is said of being signed in', () => {
  for (const code of ['session_ended', 'token_missing', 'token_invalid'])
    expect(signOutWords(refused(code, 401)), code).toBeNull();
});

test('one is still signed in where the control plane refused it; where nobody answered that is not known', () => {
  expect(signOutWords(refused('database_unavailable', 503))).toBe('You are still signed in.');
  expect(signOutWords(unreachable())).toBe('You may still be signed in.');
  expect(signOutWords(unexpectedReply(502))).toBe('You may still be signed in.');
});
