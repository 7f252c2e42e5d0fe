import { expect, test } from 'vitest';
import { noSessionCookie, sessionCookie, sessionSecretIn } from './session-cookie.ts';

const tls = { isSecure: true };
const plain = { isSecure: false };
const read = (cookie: string | undefined, options = tls) =>
  sessionSecretIn({ headers: cookie === undefined ? {} : { cookie } }, options);

test('under TLS a browser takes the cookie from this host alone, and no script reads it', () => {
  expect(sessionCookie('scs_x', tls)).toBe('__Host-sct=scs_x; Path=/; HttpOnly; SameSite=Strict; Secure');
  expect(sessionCookie('scs_x', plain)).toBe('sct=scs_x; Path=/; HttpOnly; SameSite=Strict');
  expect(noSessionCookie(tls)).toBe('__Host-sct=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0');
});

test.each([
  ['__Host-sct=scs_x', 'scs_x'],
  ['theme=dark; __Host-sct=scs_x; lang=en', 'scs_x'],
  ['sct=scs_planted', null],
  ['__host-sct=scs_planted', null],
  ['x__Host-sct=scs_planted', null],
  ['__Host-sct=scs_x; __Host-sct=scs_planted', null],
  ['__Host-sct=', null],
  ['', null],
  [undefined, null],
])('%j under TLS carries %j', (cookie, secret) => {
  expect(read(cookie)).toBe(secret);
});

test('over plain HTTP the other name counts, and only that', () => {
  expect(read('sct=scs_x', plain)).toBe('scs_x');
  expect(read('__Host-sct=scs_x', plain)).toBeNull();
});
