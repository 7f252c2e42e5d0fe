import type { PanelCertificate } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { Failure } from '../../lib/failure.ts';
import { failureDetails, isUntrusted } from './failure-details.ts';
import { certificateReason, compareCommand, problemText } from './panel-words.ts';

const failure = (code: string, details: Failure['details']) =>
  new Failure({ code, message: 'It failed.', remedy: 'Mend it.', details, requestId: 'r' }, 502);
const shown = (of: Partial<PanelCertificate>): PanelCertificate => ({
  ...{ host: '192.0.2.7', port: 2087, address: '192.0.2.7', sha256: 'A'.repeat(64), subject: 'CN=server' },
  ...{ issuer: 'CN=server', names: ['server.example.com'], isSelfSigned: true, isExpired: false },
  ...{ notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2027-01-01T00:00:00.000Z' },
  problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  ...of,
});

test('all that stands against a certificate is said, and each thing once', () => {
  expect(problemText(shown({}))).toBe('It is signed by itself.');
  expect(problemText(shown({ isExpired: true }))).toBe('It is signed by itself. Its time is over.');
  expect(problemText(shown({ problem: 'CERT_HAS_EXPIRED', isExpired: true }))).toBe(
    'Its time is over. It is signed by itself.',
  );
  expect(problemText(shown({ problem: null, isSelfSigned: false }))).toBe(null);
  expect(certificateReason('SOMETHING_NEW')).toContain('SOMETHING_NEW');
});

test('the server is asked as it was asked from here, by the name that goes into a shell’s line as it is', () => {
  expect(compareCommand({ host: 'panel.example.com', port: 2083, serverName: null })).toContain(
    '-connect 127.0.0.1:2083 -servername panel.example.com <',
  );
  expect(compareCommand({ host: '192.0.2.7', port: 2087, serverName: 'a.example' })).toContain(
    '-servername a.example ',
  );
  for (const host of ['192.0.2.7', '2001:db8::1', 'a;reboot', '$(reboot).example', '-x'])
    expect(compareCommand({ host, port: 2087, serverName: null })).not.toContain('-servername');
});

test('the details that a remedy speaks of are said in words', () => {
  expect(
    failureDetails(failure('dns_panel_untrusted', { because: 'not-the-pinned-certificate', sha256: '0AFF' })),
  ).toEqual(['It is another certificate than the pinned one.', 'SHA-256 of what was shown: 0A:FF']);
  expect(failureDetails(failure('dns_panel_page', { because: 'page: Sign in' }))).toEqual([
    'The page’s title: “Sign in”',
  ]);
  expect(failureDetails(failure('dns_panel_page', { because: 'HTTP 404' }))).toEqual(['It came with HTTP 404.']);
  expect(failureDetails(failure('dns_zone_not_served', { said: 'No zone.' }))).toEqual([
    'The provider’s words: “No zone.”',
  ]);
  const tried = { zone: 'example.com', name: 'lb.example.com', because: 'The key is unknown.' };
  expect(failureDetails(failure('credential_try_failed', tried))).toEqual([
    'lb.example.com in example.com: The key is unknown.',
  ]);
  expect(failureDetails(new Error('no refusal'))).toEqual([]);
});

test('a panel that is not believed is known also where a change was tried', () => {
  const because = 'It failed. (dns_panel_untrusted)';
  expect(isUntrusted(failure('dns_panel_untrusted', {}))).toBe(true);
  expect(isUntrusted(failure('credential_try_failed', { because, code: 'dns_panel_untrusted' }))).toBe(true);
  expect(isUntrusted(failure('credential_try_failed', { code: 'dns_token_refused' }))).toBe(false);
});
