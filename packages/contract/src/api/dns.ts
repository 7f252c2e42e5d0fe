import { recordTypes } from '@serverctl/core';
import { z } from 'zod';
import { Id, PlainText, Timestamp } from './common.ts';
import { ProviderInput, ProviderPatch, ProviderSettings, providerKinds } from './dns-providers.ts';
import { BindingStatus } from './pools.ts';
import { PreflightView } from './preflight.ts';

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

/** A new credential; with `test` it is tried before it is stored. */
export const CredentialInput = z.strictObject({
  name: PlainText.min(1).max(80),
  settings: ProviderInput,
  test: TestInput.optional().describe('Tried before anything is stored; a failure stores nothing.'),
});
export type CredentialInput = z.input<typeof CredentialInput>;

/** Written out, not `.partial()`, as ProviderPatch is: what is not named stays as it is. */
export const CredentialPatch = z.strictObject({
  name: PlainText.min(1).max(80).optional(),
  settings: ProviderPatch.optional(),
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

/** How far a name server is with the zone, beside the serial that the provider has. */
export const zoneStates = ['same', 'behind', 'ahead', 'not-served', 'unknown'] as const;
/** One of `zoneStates`. */
export type ZoneState = (typeof zoneStates)[number];

/** One authoritative name server of the zone, asked at its own address. */
export const TestServer = z.object({
  server: z.string().describe('Its name and address.'),
  addresses: z.array(z.string()),
  error: z.string().nullable(),
  serial: z.number().int().nullable().optional().describe('The zone’s SOA serial there; null where it gave none.'),
  zone: z
    .enum(zoneStates)
    .optional()
    .describe(
      'Its serial beside the provider’s: same, behind (it has not got the newest zone yet), ahead; not-served = it answers, but not for this zone; unknown = it did not answer, or one of the two has no serial.',
    ),
});
export type TestServer = z.infer<typeof TestServer>;

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
    serial: z
      .number()
      .int()
      .nullable()
      .optional()
      .describe('The zone’s SOA serial as the provider has it; null where it tells none.'),
    servers: z
      .array(TestServer)
      .describe(
        'Each authoritative name server of the zone by itself: a provider may accept what not all of them get.',
      ),
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

/** Written out, not `.partial()`, as ProviderPatch is: what is not named stays as it is. */
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
