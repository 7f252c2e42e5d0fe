import { z } from 'zod';
import { CpanelInput, CpanelSettings, panelPatch, WhmInput, WhmSettings } from './dns-panels.ts';

/** Kinds of DNS providers. Each has its own settings, and one write-only part: `secret`, or what the provider calls it. */
export const providerKinds = ['cloudflare', 'rfc2136', 'cpanel', 'whm'] as const;
/** One of `providerKinds`. */
export type ProviderKind = (typeof providerKinds)[number];

const secretText = z.string().min(1).max(1_024);
const tokenText = z.string().trim().min(1).max(512);
const apiBaseText = z.string().trim().min(1).max(2_000);
const zoneId = z
  .string()
  .regex(/^[0-9a-f]{32}$/i, 'must be a zone id: 32 hexadecimal digits, from the zone’s overview page');
const zoneName = z.string().trim().min(1).max(255);
/** So many zones’ ids one credential holds at most. */
export const cloudflareMostZones = 1_000;
const plans = ['free', 'paid', 'enterprise'] as const;

/** A name server that takes signed updates (RFC 2136, RFC 8945). */
export const Rfc2136Input = z.strictObject({
  provider: z.literal('rfc2136'),
  host: z.string().trim().min(1).max(253).describe('The zone’s primary name server.'),
  port: z.number().int().min(1).max(65_535).default(53),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  keyName: z.string().trim().min(1).max(253),
  algorithm: z.string().trim().default('hmac-sha256'),
  secret: secretText.describe('Base64. Stored encrypted, never shown again.'),
});

/** Where Cloudflare’s API is, for everybody who has no gateway of their own before it. */
export const cloudflareApiBase = 'https://api.cloudflare.com/client/v4';

/** Zones of Cloudflare, by an API token. */
export const CloudflareInput = z.strictObject({
  provider: z.literal('cloudflare'),
  apiBase: apiBaseText
    .default(cloudflareApiBase)
    .describe('Of the API, version 4; another one for a gateway or a proxy. http only where it is a private address.'),
  zoneIds: z
    .record(zoneName, zoneId)
    .refine((ids) => Object.keys(ids).length <= cloudflareMostZones, `must hold at most ${cloudflareMostZones} zones`)
    .default({})
    .describe('Ids by zone; a zone without one is looked up by its name, for which the token needs Zone Read.'),
  plan: z
    .enum(plans)
    .default('free')
    .describe(
      'The lowest of the zones’ plans: how long a comment may be, the lowest TTL, how many names one call may change.',
    ),
  token: tokenText.describe('An API token; no global key. Stored encrypted, never shown again.'),
});

/** A kind of provider with what it is set up with. */
export const ProviderInput = z.discriminatedUnion('provider', [CloudflareInput, Rfc2136Input, CpanelInput, WhmInput]);

/** What is stored and shown of it: everything but the secret. */
export const Rfc2136Settings = Rfc2136Input.omit({ secret: true }).strip();
export type Rfc2136Settings = z.output<typeof Rfc2136Settings>;
/** What is stored and shown of it: everything but the token. */
export const CloudflareSettings = CloudflareInput.omit({ token: true }).strip();
export type CloudflareSettings = z.output<typeof CloudflareSettings>;
/** Settings that say of which kind of provider they are. */
export const ProviderSettings = z.discriminatedUnion('provider', [
  CloudflareSettings,
  Rfc2136Settings,
  CpanelSettings,
  WhmSettings,
]);
export type ProviderSettings = z.output<typeof ProviderSettings>;

/**
 * Written out, not `.partial()`: zod applies defaults inside optional fields, and a patch must not reset what it does not name. Settings of
 * all kinds in one, since the kind is the stored credential's: those of another kind are refused with `credential_kind_differs`.
 */
export const ProviderPatch = z.strictObject({
  provider: z.enum(providerKinds).optional().describe('Only as it is: a credential stays of its kind.'),
  host: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .optional()
    .describe('rfc2136, cpanel, whm. A new host needs the secret or token again.'),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('rfc2136, cpanel, whm. A new port needs the secret or token again.'),
  transport: z.enum(['tcp', 'udp']).optional().describe('rfc2136'),
  keyName: z.string().trim().min(1).max(253).optional().describe('rfc2136'),
  algorithm: z.string().trim().optional().describe('rfc2136'),
  secret: secretText.optional().describe('rfc2136'),
  apiBase: apiBaseText.optional().describe('cloudflare. A new one needs the token again.'),
  zoneIds: z
    .record(zoneName, zoneId.nullable())
    .optional()
    .describe('cloudflare. Zones that are not named stay; null = that zone is looked up by its name.'),
  plan: z.enum(plans).optional().describe('cloudflare'),
  ...panelPatch,
  token: tokenText.optional().describe('cloudflare, cpanel, whm'),
});
