import type { InvitationShown } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { Failure, unexpectedReply, unreachable } from '../../lib/failure.ts';
import { joinWords, stopWords } from './join-words.ts';

const link = (changes: Partial<InvitationShown>): InvitationShown => ({
  kind: 'invitation',
  email: 'bob@example.com',
  invitedBy: 'user:ann@example.com',
  grants: [],
  expiresAt: '2026-01-03T12:00:00.000Z',
  ends: null,
  ...changes,
});

test('an invitation says who invites, as what and where, with what a role may', () => {
  const grants = [{ role: 'operator', poolId: 'pool00000001', pool: 'edge' }] as const;
  const words = joinWords(link({ grants: [...grants] }));
  expect(words.lede).toBe('ann@example.com invites you. This link works once.');
  expect(words.facts[0]).toBe('You will be operator in edge');
  expect(words.facts[1]).toMatch(/^Operator: runs pools/);
});

test('a setup link of the first start makes the first administrator, a later one another', () => {
  expect(joinWords(link({ kind: 'setup', invitedBy: 'system' })).title).toBe('Make the first administrator');
  expect(joinWords(link({ kind: 'setup', invitedBy: 'host' })).title).toBe('Become an administrator');
});

test('a new password says what it ends, and nothing of what is not there', () => {
  const ends = { sessions: 2, apiTokens: 0, links: 1, twoFactor: true };
  expect(joinWords(link({ kind: 'reset', ends })).facts).toEqual([
    'Ends 2 sessions of this account',
    'Voids 1 link that this account made and nobody has used',
    'Takes the authenticator away: the password alone signs in then',
  ]);
});

test('a link that cannot be used sends its user to who sent it, before the host', () => {
  const body = { message: 'Not known.', remedy: 'On the host.', details: {}, requestId: 'x' };
  const words = stopWords(new Failure({ code: 'link_invalid', ...body }, 401));
  expect(words).toMatchObject({ title: 'Not known.', canRetry: false, canSignIn: true });
  expect(words.text).toMatch(/^Ask whoever sent it to you for a new one\./);
});

test('no answer, and the answer of a proxy in its place, leave the link unused: it may be tried again', () => {
  for (const failure of [unreachable(), unexpectedReply(502)])
    expect(stopWords(failure)).toMatchObject({ title: 'The control plane does not answer', canRetry: true });
});

test('a refusal of the control plane is told in its own words, or with the time to wait', () => {
  const error = { code: 'rate_limited', message: 'Too many.', remedy: 'Wait.', requestId: 'x' };
  expect(stopWords(new Failure({ ...error, details: {} }, 429))).toMatchObject({ title: 'Too many.', text: 'Wait.' });
  expect(stopWords(new Failure({ ...error, details: { retryAfterSeconds: 6.2 } }, 429)).text).toBe('Try again in 7 s.');
});
