import type { ErrorSpec } from './categories.ts';

/** Failures of cPanel and WHM, where they are others than those of any provider over HTTP. `details.said` holds the panel’s own words. */
export const dnsPanelErrors = {
  dns_panel_user_invalid: {
    category: 'invalid',
    summary: 'This cannot be the user name of an account at the panel.',
    remedy: 'Give the name of the account that made the API token, without the token and without spaces or colons.',
  },
  dns_panel_trust_invalid: {
    category: 'invalid',
    summary: 'What the panel’s certificate shall be held against is not usable.',
    remedy:
      'Give a CA as PEM text or a pin as the SHA-256 fingerprint of the certificate (64 hexadecimal digits, with colons or without), not both; a server name as a full DNS name.',
  },
  dns_panel_untrusted: {
    category: 'provider',
    summary: 'The certificate of the panel does not prove that it is the panel; nothing was sent.',
    remedy:
      'The details say why, and the fingerprint (sha256) of the certificate that was shown. Compare it with the one on the panel’s own server: if it is the panel’s, pin it, or give the panel’s CA, or the name that the certificate is for; each of them with the token again. If it is not, somebody stands in between: change nothing, and find out who.',
  },
  dns_panel_page: {
    category: 'provider',
    summary: 'A web page came, where the panel’s API was asked.',
    remedy:
      'Check host and port (usually 2083 of cPanel, 2087 of WHM), that the API token is in force, that the panel’s brute-force protection does not lock us out, and that no proxy or sign-in page stands in front.',
  },
  dns_panel_other_api: {
    category: 'provider',
    summary: 'The other one of cPanel and WHM answers there.',
    remedy:
      'A token of cPanel goes with the port of cPanel (usually 2083), one of WHM with that of WHM (usually 2087).',
  },
  dns_zone_contended: {
    category: 'unavailable',
    summary: 'Something else kept changing the zone, so the panel took none of our tries; nothing was written.',
    remedy: 'It is tried again by itself; if it stays so, find out what edits the zone all the time.',
  },
} as const satisfies Record<string, ErrorSpec>;
