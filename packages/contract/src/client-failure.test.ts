import { expect, test } from 'vitest';
import { whyUnreachable } from './client-failure.ts';

const url = new URL('https://plane.example.com:7400');
const failed = (cause: object) => Object.assign(new TypeError('fetch failed'), { cause });

test.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '--ca-file'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls/ca.pem'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not valid yet'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'plain HTTP'],
  ['ECONNREFUSED', 'nothing listens'],
  ['ENOTFOUND', 'does not resolve'],
])('%s is told in words', (code, words) => {
  expect(whyUnreachable(failed({ code }), url)).toContain(words);
});

test('a host with several addresses tells why the first of them failed', () => {
  const refused = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]);
  expect(whyUnreachable(failed(refused), url)).toBe('nothing listens there');
});

test('what is not known is not guessed, and a cause of itself ends', () => {
  const turn: { cause?: unknown } = {};
  turn.cause = turn;
  expect([whyUnreachable(turn, url), whyUnreachable('text', url), whyUnreachable(null, url)]).toEqual([
    null,
    null,
    null,
  ]);
});
