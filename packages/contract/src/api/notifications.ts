import { z } from 'zod';
import { Id, PlainText, Timestamp } from './common.ts';
import { severities } from './history.ts';

/** Who is told of what, and how it went. */

const kinds = z
  .array(z.string().trim().min(1).max(100))
  .min(1)
  .max(100)
  .nullable()
  .describe('Only these events, as the list of events names them; null = all.');
const pools = z
  .array(z.string().trim().min(1).max(100))
  .min(1)
  .max(200)
  .nullable()
  .describe('Only events of these pools, by id or name; null = all, those of no pool as well.');
const chosen = {
  name: PlainText.min(1).max(100).optional().describe('Left out: the origin, or the address.'),
  leastSeverity: z.enum(severities).default('info'),
  kinds: kinds.default(null),
  pools: pools.default(null),
};
const url = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .describe('Stored encrypted, since it may carry a token; only its origin is shown.');

/** How mail is handed over. The password is stored encrypted. */
const mail = z.strictObject({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(587),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('`none` sends in clear and never a password.'),
  user: z.string().min(1).max(300).nullable().default(null),
  password: z.string().min(1).max(1_000).nullable().default(null),
  from: PlainText.min(3).max(300),
  to: z.array(z.email()).min(1).max(20),
});

/** A new notification channel. */
export const ChannelInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), url, ...chosen }),
  z.strictObject({ kind: z.literal('slack'), url, ...chosen }),
  z.strictObject({ kind: z.literal('email'), ...mail.shape, ...chosen }),
]);
export type ChannelInput = z.input<typeof ChannelInput>;
/** What may be changed without the secret; `enabled: false` keeps it and tells it nothing. */
export const ChannelPatch = z.strictObject({
  name: PlainText.min(1).max(100).optional(),
  leastSeverity: z.enum(severities).optional(),
  kinds: kinds.optional(),
  pools: pools.optional(),
  enabled: z.boolean().optional(),
});
export type ChannelPatch = z.input<typeof ChannelPatch>;

/** One notice on its way to one channel, and how it went. */
export const DeliveryView = z
  .object({
    id: z.string().describe('What the receiver of a webhook sees as `webhook-id`.'),
    kind: z.string(),
    severity: z.enum(severities),
    sentence: z.string(),
    happenedAt: Timestamp,
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.number().int(),
    answer: z.string().nullable().describe('What came of the last attempt, in words.'),
    nextAttemptAt: Timestamp.nullable(),
    finishedAt: Timestamp.nullable(),
  })
  .meta({ id: 'NotificationDelivery' });
export type DeliveryView = z.infer<typeof DeliveryView>;
export const DeliveryQuery = z.strictObject({ limit: z.coerce.number<number>().int().min(1).max(500).default(50) });
/** Newest first. */
export const DeliveryList = z.object({ deliveries: z.array(DeliveryView) });

/** A channel as it is shown: never its secret. */
export const ChannelView = z
  .object({
    id: z.string(),
    kind: z.enum(['webhook', 'slack', 'email']),
    name: z.string(),
    origin: z.string().describe("The URL's origin; for mail the server and who receives it."),
    leastSeverity: z.enum(severities),
    kinds: z.array(z.string()).nullable(),
    poolIds: z.array(z.string()).nullable(),
    enabled: z.boolean(),
    lastDelivery: DeliveryView.nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'NotificationChannel' });
export type ChannelView = z.infer<typeof ChannelView>;
/** `signingSecret`: for a webhook only, once; the receiver verifies with it (Standard Webhooks, `whsec_…`). */
export const ChannelMade = z.object({ channel: ChannelView, signingSecret: z.string().nullable() });
export type ChannelMade = z.infer<typeof ChannelMade>;
/** The reply of `GET /notification-channels`. */
export const ChannelList = z.object({ channels: z.array(ChannelView) });
/** Path parameters of one channel. */
export const ChannelParams = z.object({ channelId: Id });
/** How a test notice went. */
export const ChannelTest = z.object({
  delivered: z.boolean(),
  status: z.number().int().nullable().describe('HTTP status, or SMTP reply code; null when there was none.'),
  sentence: z.string(),
});
export type ChannelTest = z.infer<typeof ChannelTest>;

/** Every kind of event that there is. */
export const EventKindView = z.object({
  kind: z.string(),
  severity: z.enum(severities),
  summary: z.string(),
  recoveredBy: z.string().nullable().describe('The kind that says it is over.'),
  runbook: z.string().describe('Path of its page in the documentation.'),
});
export type EventKindView = z.infer<typeof EventKindView>;
export const EventKindList = z.object({ kinds: z.array(EventKindView) });
