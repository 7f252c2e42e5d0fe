import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { systemRandom } from '../../platform/random.ts';
import { matchingStep, newTotpSecret } from './totp.ts';

/** RFC 6238 appendix B: the ASCII secret 12345678901234567890, its last six of eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number) => createFakeClock(new Date(seconds * 1_000));

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %i s the code is %s (RFC 6238)', (seconds, code) => {
  expect(matchingStep(secret, code, 0, at(seconds))).toBe(Math.floor(seconds / 30));
});

test('a code is taken one step early and one late, and no more', () => {
  const code = '005924'; // step 41152263: from 1234567890 to 1234567919
  const taken = (seconds: number) => matchingStep(secret, code, 0, at(seconds)) !== null;
  expect([1_234_567_859, 1_234_567_860, 1_234_567_890, 1_234_567_949, 1_234_567_950].map(taken)).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('a step that was used, and each before it, is none', () => {
  const step = 41_152_263;
  const now = at(1_234_567_890);
  expect(matchingStep(secret, '005924', step - 1, now)).toBe(step);
  expect(matchingStep(secret, '005924', step, now)).toBeNull();
  expect(matchingStep(secret, '005924', step + 5, now)).toBeNull();
});

test('what is no code matches nothing', () => {
  for (const code of ['', '0', '0059245', '５９２４００'])
    expect(matchingStep(secret, code, 0, at(1_234_567_890))).toBeNull();
});

test('a new secret has 160 bits, and a link that an authenticator reads', () => {
  const { uri, secret: text } = newTotpSecret(systemRandom, 'jane@example.com');
  expect(text).toMatch(/^[A-Z2-7]{32}$/);
  const url = new URL(uri);
  expect(url.protocol + url.host).toBe('otpauth:totp');
  expect(decodeURIComponent(url.pathname)).toBe('/ServerCTL:jane@example.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    issuer: 'ServerCTL',
    secret: text,
    digits: '6',
    period: '30',
  });
  expect(newTotpSecret(systemRandom, 'jane@example.com').secret).not.toBe(text);
});
