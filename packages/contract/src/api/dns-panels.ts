import { z } from 'zod';
import { Timestamp } from './common.ts';

/** So many characters of certificates a credential holds at most: some dozen authorities. */
export const panelMostCaCharacters = 64 * 1024;

const hostText = z.string().trim().min(1).max(253);
const portNumber = z.number().int().min(1).max(65_535);
const userText = z.string().trim().min(1).max(128);
const panelToken = z.string().trim().min(1).max(512);
const serverNameText = z.string().trim().min(1).max(253);
const caText = z.string().trim().min(1).max(panelMostCaCharacters);
const pinText = z
  .string()
  .trim()
  .regex(
    /^[0-9a-f]{2}(?::?[0-9a-f]{2}){31}$/i,
    'must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without',
  );

/** What a panel is set up with, cPanel and WHM alike; each adds its kind, its port and its user. */
const panelFields = {
  host: hostText.describe('The panel’s server: a name or an address, without https.'),
  serverName: serverNameText
    .nullable()
    .default(null)
    .describe(
      'The name that the panel’s certificate is for, where that is not `host`; it is asked for under it. Null = `host`.',
    ),
  ca: caText
    .nullable()
    .default(null)
    .describe(
      'Certificates of the authorities that may sign the panel’s certificate, PEM: these and no other ones. Null = those that are publicly known. Not together with `pin`.',
    ),
  pin: pinText
    .nullable()
    .default(null)
    .describe(
      'SHA-256 fingerprint of the panel’s certificate: it is this one, whoever signed it and for whatever name and time. Kept in upper case without colons. Not together with `ca`.',
    ),
  token: panelToken.describe('An API token that the user made. Stored encrypted, never shown again.'),
};

/** Zones of one cPanel account, by an API token of its own. */
export const CpanelInput = z.strictObject({
  provider: z.literal('cpanel'),
  port: portNumber.default(2083),
  user: userText.describe('The account that the token belongs to.'),
  ...panelFields,
});
/** Zones of a server, by an API token of WHM; it needs the one right to edit DNS zones. */
export const WhmInput = z.strictObject({
  provider: z.literal('whm'),
  port: portNumber.default(2087),
  user: userText.default('root').describe('root, or the reseller that the token belongs to.'),
  ...panelFields,
});

/** What is stored and shown of it: everything but the token. */
export const CpanelSettings = CpanelInput.omit({ token: true }).strip();
export type CpanelSettings = z.output<typeof CpanelSettings>;
/** What is stored and shown of it: everything but the token. */
export const WhmSettings = WhmInput.omit({ token: true }).strip();
export type WhmSettings = z.output<typeof WhmSettings>;

/** The panel's own part of a patch; host, port and token are described where other kinds have them too. */
export const panelPatch = {
  user: userText.optional().describe('cpanel, whm. Another one needs the token again.'),
  serverName: serverNameText
    .nullable()
    .optional()
    .describe('cpanel, whm. Another one needs the token again; null = `host`.'),
  ca: caText
    .nullable()
    .optional()
    .describe('cpanel, whm. Others need the token again; null = the authorities that are publicly known.'),
  pin: pinText.nullable().optional().describe('cpanel, whm. Another one needs the token again; null = none.'),
};

/** Whose certificate to look at. */
export const PanelCertificateInput = z.strictObject({
  host: hostText.describe('A name or an address, without https.'),
  port: portNumber.default(2083),
  serverName: serverNameText
    .nullable()
    .default(null)
    .describe('The name to ask for, where that is not `host`. Null = `host`.'),
});
export type PanelCertificateInput = z.input<typeof PanelCertificateInput>;

/** The certificate that a server shows, for a person to compare before it is pinned. Nothing but the handshake was said to the server. */
export const PanelCertificate = z
  .object({
    host: z.string(),
    port: z.number().int(),
    address: z.string().describe('Where the connection was made to.'),
    sha256: z.string().describe('Its SHA-256 fingerprint: 64 hexadecimal digits, upper case, without colons: a `pin`.'),
    subject: z.string().describe('Whose it says it is, a part a line.'),
    issuer: z.string().describe('Who signed it, a part a line.'),
    names: z.array(z.string()).describe('Names and addresses that it is for.'),
    notBefore: Timestamp,
    notAfter: Timestamp,
    isSelfSigned: z.boolean(),
    isExpired: z.boolean().describe('By the control plane’s clock.'),
    problem: z
      .string()
      .nullable()
      .describe(
        'Why it is not believed without `ca` and `pin`: a code such as DEPTH_ZERO_SELF_SIGNED_CERT, CERT_HAS_EXPIRED or ERR_TLS_CERT_ALTNAME_INVALID. Null = it is, and needs neither.',
      ),
  })
  .meta({ id: 'PanelCertificate' });
export type PanelCertificate = z.infer<typeof PanelCertificate>;
