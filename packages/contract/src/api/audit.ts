import { z } from 'zod';
import { Timestamp } from './common.ts';

/** The audit log (R41): who did what, when, to what. */

export const AuditEntryView = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    poolId: z.string().nullable(),
    reason: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    sealed: z.boolean().describe('Part of the chain by now.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.infer<typeof AuditEntryView>;

/** Which entries; each filter narrows further. `actor`, `action` and `target` match a beginning with a `*` at their end. */
export const AuditFilter = z.strictObject({
  actor: z.string().trim().min(1).max(300).optional(),
  action: z.string().trim().min(1).max(100).optional(),
  target: z.string().trim().min(1).max(300).optional(),
  poolId: z.string().trim().min(1).max(100).optional(),
  since: Timestamp.optional(),
  until: Timestamp.optional(),
});
export type AuditFilter = z.input<typeof AuditFilter>;
export const AuditQuery = AuditFilter.extend({
  before: z.coerce.number<number>().int().min(1).optional().describe('Only entries with a smaller seq.'),
  limit: z.coerce.number<number>().int().min(1).max(500).default(100),
});
export type AuditQuery = z.input<typeof AuditQuery>;
/** Newest first; `next` is what to give as `before` for those that precede, null when there are none. */
export const AuditList = z.object({ entries: z.array(AuditEntryView), next: z.number().int().nullable() });
export type AuditList = z.infer<typeof AuditList>;
/** Oldest first, whole. */
export const AuditExportQuery = AuditFilter.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') });
export type AuditExportQuery = z.input<typeof AuditExportQuery>;

/** Position and hash that were noted elsewhere: the chain must still pass through them. */
export const AuditVerifyQuery = z.strictObject({
  expect: z
    .string()
    .trim()
    .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be POSITION:HASH as an earlier verify printed it')
    .optional(),
});
export type AuditVerifyQuery = z.input<typeof AuditVerifyQuery>;
/** Whether the chain holds. */
export const AuditVerified = z
  .object({
    holds: z.boolean(),
    sentence: z.string(),
    entries: z.number().int().describe('Compared with their seals.'),
    retired: z.number().int().describe('Seals whose entries retention has removed.'),
    unsealed: z.number().int().describe('Written within the last seconds, not in the chain yet.'),
    head: z.object({ position: z.number().int(), hash: z.string() }).nullable(),
    problems: z.array(
      z.object({ position: z.number().int().nullable(), seq: z.number().int().nullable(), sentence: z.string() }),
    ),
  })
  .meta({ id: 'AuditVerified' });
export type AuditVerified = z.infer<typeof AuditVerified>;
