import { healthKinds, recordTypes } from '@serverctl/core';
import { z } from 'zod';
import { hasReasonUnlessPreview, Id, Reason, reasonMissing, Timestamp } from './common.ts';
import { promotionKinds } from './promotion-kinds.ts';

/** Names of the measured points of a promotion, in order (PRODUCT.md section 4). */
export const promotionSteps = [
  'last-heartbeat',
  'detected',
  'decided',
  'acknowledged',
  'answered',
  'all-answered',
  'old-ttl-elapsed',
] as const;

/** One promotion with its measured timeline: who, to whom, why, under which epoch. Steps in milliseconds. */
export const PromotionView = z
  .object({
    id: z.string(),
    poolId: z.string(),
    kind: z.enum(promotionKinds),
    cause: z.string(),
    fromMemberId: z.string().nullable(),
    toMemberId: z.string(),
    epoch: z.number().int(),
    reason: z.string().nullable(),
    actor: z.string(),
    sentence: z.string(),
    state: z.enum(['publishing', 'verifying', 'done', 'superseded']),
    decidedAt: Timestamp,
    steps: z.array(
      z.object({
        step: z.enum(promotionSteps),
        name: z.string().nullable(),
        type: z.enum(recordTypes).nullable().describe('Of the record of the name.'),
        at: Timestamp,
        afterMs: z.number().describe('Since detected.'),
      }),
    ),
  })
  .meta({ id: 'Promotion' });
export type PromotionView = z.infer<typeof PromotionView>;

/** One member as the evidence of a promotion has it. Durations in milliseconds. */
export const JudgedMember = z.object({
  memberId: z.string(),
  hostname: z.string(),
  priority: z.number().int(),
  silentMs: z.number().nullable().describe('Since it was heard last; null = not heard since we began to listen.'),
  health: z.enum(healthKinds),
  haproxy: z
    .enum(['unmonitored', 'unreported', 'running', 'neutral', 'inactive', 'absent'])
    .describe('systemd’s word, as it was judged.'),
  maintenanceLeftMs: z.number().nullable(),
  quarantined: z.boolean(),
  addresses: z.array(z.string()).describe('Its public ones.'),
  ready: z.boolean(),
  because: z.string().describe('Why it, or why not it.'),
});
export type JudgedMember = z.infer<typeof JudgedMember>;

/** What the stored evidence says when it is decided on once more (R14). */
export const PromotionWhy = z.object({
  rules: z.array(z.string()).describe('Rules that settled the decision, e.g. R2. A person’s act is settled by none.'),
  inputs: z.array(z.object({ name: z.string(), value: z.string() })),
  members: z.array(JudgedMember).describe('In the order of candidates.'),
  failoverDelayMs: z.number(),
  haproxyGraceMs: z.number(),
  replayed: z.boolean().describe('Deciding on the stored evidence again gave exactly the stored decision (R14, I18).'),
});
export type PromotionWhy = z.infer<typeof PromotionWhy>;

/** One promotion with the evidence and the decision it was made from (R14). */
export const PromotionDetail = PromotionView.extend({
  evidence: z
    .unknown()
    .describe('What the decision was made from; deciding on it again gives the same decision (R14).'),
  decision: z.unknown(),
  why: PromotionWhy.nullable()
    .default(null)
    .describe('Explained from the evidence alone; null = it is past its retention.'),
}).meta({ id: 'PromotionDetail' });
export type PromotionDetail = z.infer<typeof PromotionDetail>;
/** Path parameters of one promotion. */
export const PromotionParams = z.object({ poolId: Id, promotionId: Id });
/** How many of the newest promotions. */
export const PromotionQuery = z.strictObject({ limit: z.coerce.number<number>().int().min(1).max(200).default(50) });
/** Promotions of one pool, newest first. */
export const PromotionList = z.object({ promotions: z.array(PromotionView) });

/** A switchover that a person asks for: to whom, and why. */
export const PromoteInput = z
  .strictObject({
    to: z.string().trim().min(1).max(253).describe('A member id or hostname, or "next" for the next ready standby.'),
    reason: Reason.optional().describe('Needed where it is no preview.'),
    confirmNotReady: z.boolean().default(false),
    expectNext: Id.optional().describe(
      'For "next": the standby that a preview named, by id or hostname; when it is another by now, nothing changes.',
    ),
    preview: z.boolean().default(false).describe('Say what would happen and change nothing.'),
  })
  .refine(hasReasonUnlessPreview, reasonMissing);
export type PromoteInput = z.input<typeof PromoteInput>;

/** What a promotion would change, name by name; TTL in seconds. */
export const PromotePreview = z
  .object({
    fromMemberId: z.string().nullable(),
    toMemberId: z.string(),
    ready: z.boolean(),
    sentence: z.string(),
    names: z.array(
      z.object({
        name: z.string(),
        type: z.enum(recordTypes),
        from: z.array(z.string()),
        to: z
          .string()
          .nullable()
          .describe('Null = none: an AAAA that goes with a member that has no IPv6 address, or that is left as it is.'),
        ttlSeconds: z
          .number()
          .describe('For how long clients hold what it answers now: what the TTL comes to at the provider.'),
        warnings: z
          .array(z.string())
          .default([])
          .describe('Why this record may not follow, and until when clients may still hold an earlier one.'),
      }),
    ),
  })
  .meta({ id: 'PromotePreview' });
export type PromotePreview = z.infer<typeof PromotePreview>;
/** The preview, and the promotion it became; null when only the preview was asked for. */
export const PromoteResult = z.object({ preview: PromotePreview, promotion: PromotionView.nullable() });
export type PromoteResult = z.infer<typeof PromoteResult>;

/** How urgent an event is: nothing to do, look at it by day, look at it now. */
export const severities = ['info', 'warning', 'critical'] as const;
/** One event of the log: `seq` rises, `sentence` says it all. */
export const EventView = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    kind: z.string(),
    severity: z.enum(severities),
    poolId: z.string().nullable(),
    memberId: z.string().nullable(),
    sentence: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof EventView>;

/** Which events: the newest, or those after a `seq`, with a long poll in seconds. */
export const EventQuery = z.strictObject({
  after: z.coerce
    .number<number>()
    .int()
    .min(0)
    .optional()
    .describe('Only events with a greater seq, oldest first; without it the newest ones.'),
  before: z.coerce
    .number<number>()
    .int()
    .min(1)
    .optional()
    .describe('Only events with a smaller seq: without `after` the newest of those, which is how one pages back.'),
  since: Timestamp.optional().describe('Only events from this instant on.'),
  poolId: Id.optional(),
  limit: z.coerce.number<number>().int().min(1).max(500).default(100),
  waitSeconds: z.coerce
    .number<number>()
    .min(0)
    .max(25)
    .default(0)
    .describe('With `after`: wait up to this long for a first event.'),
});
export type EventQuery = z.input<typeof EventQuery>;
/** Events oldest first; `next` is what to give as `after` for those that follow. */
export const EventList = z.object({ events: z.array(EventView), next: z.number().int() });
export type EventList = z.infer<typeof EventList>;

/** A person's acknowledgement of a held pool (R11), with the reason. */
export const AckInput = z.strictObject({ reason: Reason });
export type AckInput = z.input<typeof AckInput>;
