import { z } from 'zod';
import { Id, Timestamp } from './common.ts';
import { BindingStatus } from './pools.ts';

/** Provider kinds grow here; each carries its own non-secret settings and its secret, which is write-only. */
export const Rfc2136Input = z.strictObject({
  provider: z.literal('rfc2136'),
  host: z.string().trim().min(1).max(253).describe('The zone’s primary name server.'),
  port: z.number().int().min(1).max(65_535).default(53),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  keyName: z.string().trim().min(1).max(253),
  algorithm: z.string().trim().default('hmac-sha256'),
  secret: z.string().min(1).max(1_024).describe('Base64. Stored encrypted, never shown again.'),
});

/** The name a credential is tried on: a real read and a prerequisite-only update, which change nothing (R23). */
export const TestInput = z.strictObject({
  zone: z.string().trim().min(1).max(255),
  name: z.string().trim().min(1).max(255),
});
export type TestInput = z.input<typeof TestInput>;

/** What is stored and shown of it: everything but the secret. */
export const Rfc2136Settings = Rfc2136Input.omit({ secret: true }).strip();
export type Rfc2136Settings = z.output<typeof Rfc2136Settings>;

/** A new credential; with `test` it is tried before it is stored. */
export const CredentialInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  settings: Rfc2136Input,
  test: TestInput.optional().describe('Tried before anything is stored; a failure stores nothing.'),
});
export type CredentialInput = z.input<typeof CredentialInput>;

/** Written out, not `.partial()`: zod applies defaults inside optional fields, and a patch must not reset what it does not name. */
export const CredentialPatch = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  settings: z
    .strictObject({
      provider: z.literal('rfc2136').optional(),
      host: z.string().trim().min(1).max(253).optional().describe('A new host needs the secret again.'),
      port: z.number().int().min(1).max(65_535).optional(),
      transport: z.enum(['tcp', 'udp']).optional(),
      keyName: z.string().trim().min(1).max(253).optional(),
      algorithm: z.string().trim().optional(),
      secret: z.string().min(1).max(1_024).optional(),
    })
    .optional(),
  test: TestInput.optional(),
});
export type CredentialPatch = z.input<typeof CredentialPatch>;

/** A stored credential as it is shown: never its secret. */
export const CredentialView = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.literal('rfc2136'),
    settings: Rfc2136Settings,
    usedBy: z.array(z.string()).describe('Managed names.'),
    createdAt: Timestamp,
  })
  .meta({ id: 'DnsCredential' });
export type CredentialView = z.infer<typeof CredentialView>;

/** What a trial found: rights, clock skew, the record as the provider holds it, each authoritative server's answer. Seconds. */
export const TestView = z
  .object({
    canEdit: z.boolean(),
    canMark: z.boolean(),
    skewSeconds: z.number().nullable(),
    record: z.object({
      addresses: z.array(z.string()),
      ttlSeconds: z.number().nullable(),
      mark: z.string().nullable(),
      cname: z.boolean(),
    }),
    servers: z.array(z.object({ server: z.string(), addresses: z.array(z.string()), error: z.string().nullable() })),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'DnsTest' });
export type TestView = z.infer<typeof TestView>;

/** The reply of adding or changing a credential. */
export const CredentialSaved = z.object({
  credential: CredentialView,
  test: TestView.nullable().describe('Null when no name to try was given.'),
});
export type CredentialSaved = z.infer<typeof CredentialSaved>;
/** The reply of `GET /dns-credentials`. */
export const CredentialList = z.object({ credentials: z.array(CredentialView) });

/** A name to manage: its zone, the credential that may write it, its TTL in seconds. */
export const BindingInput = z.strictObject({
  name: z.string().trim().min(1).max(255),
  zone: z.string().trim().min(1).max(255),
  credentialId: Id,
  ttlSeconds: z.number().int().default(60).describe('Added to every failover; 30 or 60 s are sensible.'),
  takeOver: z
    .boolean()
    .default(false)
    .describe('Yes, replace a record that is not ours; asked for when the pool has an active member already.'),
});
export type BindingInput = z.input<typeof BindingInput>;
/** The reply of adding a name: `desiredAddress` is null while the pool has no active member, else it is published at once. */
export const BindingAdded = z.object({ binding: BindingStatus, test: TestView });
export type BindingAdded = z.infer<typeof BindingAdded>;
/** The managed names of one pool. */
export const BindingList = z.object({ bindings: z.array(BindingStatus) });
/** Path parameters of one managed name. */
export const BindingParams = z.object({ poolId: Id, bindingId: Id });
/** Path parameters of one credential. */
export const CredentialParams = z.object({ credentialId: Id });
