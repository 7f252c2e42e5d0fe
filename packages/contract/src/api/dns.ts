import { z } from 'zod';
import { Id, Timestamp } from './common.ts';

export const tsigAlgorithms = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;

/** Provider kinds grow here; each carries its own non-secret settings and its secret, which is write-only. */
export const Rfc2136Input = z.object({
  provider: z.literal('rfc2136'),
  host: z.string().trim().min(1).max(253).describe('The zone’s primary name server.'),
  port: z.number().int().min(1).max(65_535).default(53),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  keyName: z.string().trim().min(1).max(253),
  algorithm: z.string().trim().default('hmac-sha256'),
  secret: z.string().min(1).max(1_024).describe('Base64. Stored encrypted, never shown again.'),
});

export const CredentialInput = z.object({ name: z.string().trim().min(1).max(80), settings: Rfc2136Input });
export type CredentialInput = z.input<typeof CredentialInput>;

export const CredentialPatch = z.object({
  name: z.string().trim().min(1).max(80).optional(),
  settings: Rfc2136Input.partial()
    .extend({ provider: z.literal('rfc2136') })
    .optional(),
});
export type CredentialPatch = z.input<typeof CredentialPatch>;

export const CredentialView = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.literal('rfc2136'),
    settings: Rfc2136Input.omit({ secret: true }),
    usedBy: z.array(z.string()).describe('Managed names.'),
    createdAt: Timestamp,
  })
  .meta({ id: 'DnsCredential' });
export type CredentialView = z.infer<typeof CredentialView>;

export const TestInput = z.object({ zone: z.string().trim(), name: z.string().trim() });
export const TestView = z.object({
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
});
export type TestView = z.infer<typeof TestView>;

export const BindingInput = z.object({
  name: z.string().trim(),
  zone: z.string().trim(),
  credentialId: Id,
  ttlSeconds: z.number().int().default(60),
});
export type BindingInput = z.input<typeof BindingInput>;
export const BindingParams = z.object({ poolId: Id, bindingId: Id });
export const CredentialParams = z.object({ credentialId: Id });
