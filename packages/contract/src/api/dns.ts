import { recordTypes } from '@serverctl/core';
import { z } from 'zod';
import { Id, PlainText, Timestamp } from './common.ts';
import { BindingStatus } from './pools.ts';
import { PreflightView } from './preflight.ts';

/** Kinds of DNS providers. Each has its own settings, and one write-only part: `secret`, or what the provider calls it. */
export const providerKinds = ['cloudflare', 'rfc2136'] as const;
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
export const ProviderInput = z.discriminatedUnion('provider', [CloudflareInput, Rfc2136Input]);

/** The name a credential is tried on: a real read and a prerequisite-only update, which change nothing (R23). */
export const TestInput = z.strictObject({
  zone: z.string().trim().min(1).max(255),
  name: z.string().trim().min(1).max(255),
  type: z.enum(recordTypes).default('A').describe('Which of the name’s records: A for IPv4, AAAA for IPv6.'),
  ttlSeconds: z
    .number()
    .int()
    .optional()
    .describe('The TTL that is wished for: then `effectiveTtlSeconds` and `warnings` say what comes of it.'),
  proxied: z.boolean().nullable().optional().describe('With `ttlSeconds`: proxied or not, null = as it is.'),
});
export type TestInput = z.input<typeof TestInput>;

/** What is stored and shown of it: everything but the secret. */
export const Rfc2136Settings = Rfc2136Input.omit({ secret: true }).strip();
export type Rfc2136Settings = z.output<typeof Rfc2136Settings>;
/** What is stored and shown of it: everything but the token. */
export const CloudflareSettings = CloudflareInput.omit({ token: true }).strip();
export type CloudflareSettings = z.output<typeof CloudflareSettings>;
/** Settings that say of which kind of provider they are. */
export const ProviderSettings = z.discriminatedUnion('provider', [CloudflareSettings, Rfc2136Settings]);
export type ProviderSettings = z.output<typeof ProviderSettings>;

/** A new credential; with `test` it is tried before it is stored. */
export const CredentialInput = z.strictObject({
  name: PlainText.min(1).max(80),
  settings: ProviderInput,
  test: TestInput.optional().describe('Tried before anything is stored; a failure stores nothing.'),
});
export type CredentialInput = z.input<typeof CredentialInput>;

/**
 * Written out, not `.partial()`: zod applies defaults inside optional fields, and a patch must not reset what it does not name. Settings of
 * all kinds in one, since the kind is the stored credential's: those of another kind are refused with `credential_kind_differs`.
 */
export const CredentialPatch = z.strictObject({
  name: PlainText.min(1).max(80).optional(),
  settings: z
    .strictObject({
      provider: z.enum(providerKinds).optional().describe('Only as it is: a credential stays of its kind.'),
      host: z.string().trim().min(1).max(253).optional().describe('rfc2136. A new host needs the secret again.'),
      port: z.number().int().min(1).max(65_535).optional().describe('rfc2136. A new port needs the secret again.'),
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
      token: tokenText.optional().describe('cloudflare'),
    })
    .optional(),
  test: TestInput.optional(),
  untested: z
    .boolean()
    .optional()
    .describe('Yes, store it without trying it first in each zone where managed names use the credential.'),
});
export type CredentialPatch = z.input<typeof CredentialPatch>;

/** What a provider allows one credential, and what of it failovers have (R22). */
export const CredentialLimit = z.object({
  calls: z.number().int().describe('As many as we send within `perSeconds`; somewhat fewer than the provider allows.'),
  perSeconds: z.number().int(),
  reservePercent: z.number().int().describe('Kept for failovers: reads in calm never have it.'),
  promotionsBeforeWaiting: z
    .number()
    .int()
    .describe(
      'The ceiling: how many names one failover may move one by one before the next waits. Names of one zone that move at once share calls where the provider takes many in one, and are more.',
    ),
});
export type CredentialLimit = z.infer<typeof CredentialLimit>;

/** A stored credential as it is shown: never its secret. */
export const CredentialView = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.enum(providerKinds),
    settings: ProviderSettings,
    usedBy: z.array(z.string()).describe('Managed names.'),
    limit: CredentialLimit.nullable().describe('Null where the provider has none that is known.'),
    preflight: z
      .array(PreflightView)
      .optional()
      .describe(
        'By zone; a zone is missing until it was looked at, which needs a managed name in it and a failover loop.',
      ),
    createdAt: Timestamp,
  })
  .meta({ id: 'DnsCredential' });
export type CredentialView = z.infer<typeof CredentialView>;

/** What a trial found: rights, clock skew, the record as the provider holds it, each authoritative server's answer. Seconds. */
export const TestView = z
  .object({
    type: z.enum(recordTypes),
    canEdit: z.boolean(),
    canMark: z.boolean(),
    skewSeconds: z.number().nullable(),
    record: z.object({
      addresses: z.array(z.string()),
      ttlSeconds: z.number().nullable(),
      mark: z.string().nullable(),
      cname: z.boolean(),
      proxied: z.boolean().describe('The provider’s edge answers with its own addresses, and with a TTL of its own.'),
      note: z
        .string()
        .nullable()
        .describe('What a person wrote where the mark belongs: it is kept in front of the mark. Null = nothing.'),
    }),
    effectiveTtlSeconds: z
      .number()
      .int()
      .nullable()
      .describe('What the wished TTL comes to at this provider; null where no TTL is wished yet.'),
    servers: z.array(z.object({ server: z.string(), addresses: z.array(z.string()), error: z.string().nullable() })),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'DnsTest' });
export type TestView = z.infer<typeof TestView>;

/** One record that a credential was tried on. */
export const TriedRecord = z.object({ zone: z.string(), name: z.string(), type: z.enum(recordTypes) });
export type TriedRecord = z.infer<typeof TriedRecord>;

/** The reply of adding or changing a credential. */
export const CredentialSaved = z.object({
  credential: CredentialView,
  test: TestView.nullable().describe('Null when no name to try was given.'),
  tried: z
    .array(TriedRecord)
    .default([])
    .describe(
      'Of a change: the record in each zone that it was tried on, and works, since managed names use it there.',
    ),
});
export type CredentialSaved = z.infer<typeof CredentialSaved>;
/** The reply of `GET /dns-credentials`. */
export const CredentialList = z.object({ credentials: z.array(CredentialView) });

const takenMark = z.string().max(65_535).nullable().optional();
const proxied = z.boolean().nullable();
const proxiedWords =
  'Whether the provider’s edge answers in place of the member: then the TTL does not apply. Null = as it is, and not where the record is new. Only for providers that have a proxy.';

/** A name to manage: its zone, the credential that may write it, its TTL in seconds, and the families of addresses it answers with. */
export const BindingInput = z.strictObject({
  name: z.string().trim().min(1).max(255),
  zone: z.string().trim().min(1).max(255),
  credentialId: Id,
  families: z
    .enum(['ipv4', 'ipv6', 'both'])
    .default('ipv4')
    .describe('An A record, an AAAA record, or both: both are managed from now on, or neither is.'),
  ttlSeconds: z.number().int().default(60).describe('Added to every failover; 30 or 60 s are sensible.'),
  proxied: proxied.default(null).describe(proxiedWords),
  takeOver: z
    .boolean()
    .default(false)
    .describe('Yes, replace a record that is not ours; asked for when the pool has an active member already.'),
  expectMark: takenMark.describe(
    'With `takeOver`: the mark that the refusal without it showed, null = none. When another stands there by now, nothing changes. Left out, the yes is for the mark that is read when it comes.',
  ),
  expectMarkAaaa: takenMark.describe('The same for the AAAA record of `both`; left out, as `expectMark`.'),
});
export type BindingInput = z.input<typeof BindingInput>;
const TriedBinding = z.object({ binding: BindingStatus, test: TestView });
/** The reply of adding a name: `desiredAddress` is null while the pool has no active member, else it is published at once. */
export const BindingAdded = TriedBinding.extend({
  aaaa: TriedBinding.nullable().describe('The AAAA record beside, where both families were asked for; else null.'),
});
export type BindingAdded = z.infer<typeof BindingAdded>;

/** Written out, not `.partial()`, as CredentialPatch is: what is not named stays as it is. */
export const BindingPatch = z.strictObject({
  ttlSeconds: z.number().int().optional(),
  proxied: proxied.optional().describe(proxiedWords),
  credentialId: Id.optional().describe('Another one for the same zone; it is tried before anything is changed.'),
});
export type BindingPatch = z.input<typeof BindingPatch>;
/** The reply of changing a name: each record that was meant, with its trial. */
export const BindingChanged = z.object({ records: z.array(TriedBinding) });
export type BindingChanged = z.infer<typeof BindingChanged>;
/** Which record of a name is meant. An id means its own; a name means all of its records. */
export const BindingQuery = z.strictObject({
  type: z.enum(recordTypes).optional().describe('Only this record of the name; left out, all that are managed.'),
});
export type BindingQuery = z.input<typeof BindingQuery>;
/** The reply of ending management: `removed` is the first record’s id. */
export const BindingRemoved = z.object({
  removed: z.string(),
  records: z.array(z.object({ id: z.string(), name: z.string(), type: z.enum(recordTypes) })),
  stays: z.array(z.enum(recordTypes)).describe('Records of the name that are managed still.'),
});
export type BindingRemoved = z.infer<typeof BindingRemoved>;
/** The managed names of one pool. */
export const BindingList = z.object({ bindings: z.array(BindingStatus) });
/** Path parameters of one managed name. */
export const BindingParams = z.object({ poolId: Id, bindingId: Id });
/** Path parameters of one credential. */
export const CredentialParams = z.object({ credentialId: Id });
