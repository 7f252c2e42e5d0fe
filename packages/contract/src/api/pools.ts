import {
  failbackPolicies,
  healthKinds,
  ipv6Policies,
  pauseReasons,
  poolLimits,
  poolStates,
  presets,
  recordTypes,
  secondMs,
} from '@serverctl/core';
import { z } from 'zod';
import { Id, MaintenanceView, numberWithin, PlainText, Timestamp } from './common.ts';
import { promotionKinds } from './promotion-kinds.ts';

const seconds = ({ least, most }: { readonly least: number; readonly most: number }) =>
  numberWithin({ least: least / secondMs, most: most / secondMs }).describe('Seconds.');
const poolName = PlainText.min(1).max(poolLimits.nameLength);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM, for example 07:30');

const dynamicDns = z
  .boolean()
  .describe(
    'Whether the records follow the public address of the active member when that changes: at most once a minute and six times an hour. Switched on, they follow at once where it has changed before.',
  );

const ipv6 = z
  .enum(ipv6Policies)
  .describe(
    'What becomes of an AAAA beside an A when the next active member has no IPv6 address: `drop` lets it go with the promotion, `require` makes such a member no candidate.',
  );

/** Who brings traffic back to the preferred member, and when (R12). */
export const Failback = z.object({
  policy: z.enum(failbackPolicies),
  afterMinutes: numberWithin(poolLimits.failbackMinutes).describe('Minutes of unbroken health it needs first.'),
  window: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .nullable()
    .describe('Daily window in UTC, HH:MM; may wrap midnight; null = at any time.'),
});

/** Written out, not `.partial()`, as ProviderPatch is: what is not named stays as it is. */
export const FailbackPatch = z.strictObject({
  policy: Failback.shape.policy.optional(),
  afterMinutes: Failback.shape.afterMinutes.optional(),
  window: Failback.shape.window.optional(),
});
export type FailbackPatch = z.input<typeof FailbackPatch>;

/** A new pool; what is not named gets its default. */
export const PoolInput = z.strictObject({
  name: poolName,
  preset: z.enum(presets).default('haproxy'),
  failoverDelaySeconds: seconds(poolLimits.failoverDelayMs).optional(),
  haproxyGraceSeconds: seconds(poolLimits.haproxyGraceMs).optional(),
  failback: FailbackPatch.optional(),
  ipv6: ipv6.optional(),
  dynamicDns: dynamicDns.optional(),
});
export type PoolInput = z.input<typeof PoolInput>;

/** Changes what it names, down to the single fields of `failback`. */
export const PoolPatch = z.strictObject({
  name: poolName.optional(),
  preset: z.enum(presets).optional(),
  failoverDelaySeconds: seconds(poolLimits.failoverDelayMs).optional(),
  haproxyGraceSeconds: seconds(poolLimits.haproxyGraceMs).optional(),
  failback: FailbackPatch.optional(),
  automaticFailover: z.boolean().optional(),
  ipv6: ipv6.optional(),
  dynamicDns: dynamicDns.optional(),
  confirmMove: z
    .boolean()
    .optional()
    .describe('Needed to switch automatic failover on while the active member is unhealthy.'),
  expectNext: Id.optional().describe(
    'With `confirmMove`: whom the records would move to as it was shown, by id or hostname; when it is another by now, nothing changes.',
  ),
});
export type PoolPatch = z.input<typeof PoolPatch>;

/** What one authoritative name server answers for a managed name. */
export const ServerAnswer = z.object({
  server: z.string(),
  addresses: z.array(z.string()),
  ok: z.boolean().describe('Answers exactly the desired address.'),
  error: z.string().nullable(),
});

/** One managed name: what it shall answer, what its authoritative servers answered last, what stands in the way. */
export const BindingStatus = z.object({
  id: z.string(),
  name: z.string(),
  zone: z.string(),
  type: z.enum(recordTypes),
  ttlSeconds: z.number().int().describe('As wished.'),
  effectiveTtlSeconds: z
    .number()
    .int()
    .nullable()
    .describe('What the wish comes to at the provider: raised to its lowest, its own where proxied. Null = not known.'),
  ttlSentence: z.string().describe('What the TTL costs at a failover, in numbers.'),
  proxied: z
    .boolean()
    .nullable()
    .describe('As wished: whether the provider’s edge answers in place of the member; null = as it is.'),
  edge: z
    .enum(['answers', 'silent', 'perhaps'])
    .default('perhaps')
    .describe(
      'Whether the provider’s edge answers clients in place of the record, also where it is left as it is. `answers`: what resolvers say is not compared. `perhaps`: it is not known, and what differs is not compared.',
    ),
  credentialId: z.string(),
  state: z.enum(['idle', 'publishing', 'unknown-outcome', 'verifying', 'published', 'partial', 'blocked', 'drift']),
  desiredAddress: z.string().nullable(),
  published: z.array(ServerAnswer),
  publishedEpoch: z.number().int(),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  drift: z
    .object({ sentence: z.string().describe('What the record held when that was found.'), since: Timestamp })
    .nullable()
    .describe(
      'Only in state `drift`: the record is another than wished, changed by somebody else, and is left so (R13, R21).',
    ),
  oldTtlUntil: Timestamp.nullable()
    .default(null)
    .describe(
      'Until when caches may still hold what the name answered before its present epoch, as far as was known when the first write under it was acknowledged; null = nobody ever saw another answer, or nobody knows.',
    ),
  changedAt: Timestamp.nullable().describe(
    'When the publisher last reported on the name, as it does at each look; not when the record changed.',
  ),
});

/** What HAProxy said of its traffic at its last reading; a promotion never depends on it. Rates are per second, over all frontends. */
export const MemberTraffic = z.object({
  version: z.string(),
  uptimeSeconds: z.number().int().describe('Of the present worker process: a reload starts it anew.'),
  sessions: z.number().int().describe('Open when it was read.'),
  sessionRate: z.number().int(),
  requestRate: z.number().int().describe('HTTP requests; a TCP frontend has none.'),
  ageMs: z.number().describe('Since the reading was heard; readings come about every 5 s.'),
});
export type MemberTraffic = z.infer<typeof MemberTraffic>;

/** How one member is: role, health, HAProxy, its place among the standbys. Heartbeat age in milliseconds. */
export const MemberStatus = z.object({
  id: z.string(),
  hostname: z.string(),
  role: z.enum(['active', 'standby', 'none']),
  health: z.enum(healthKinds),
  alsoHealth: z.array(z.enum(healthKinds)),
  healthSentence: z.string(),
  heartbeatAgeMs: z.number().nullable().describe('Null = never heard.'),
  haproxy: z.string().nullable().describe('systemd’s word, e.g. "active (running)"; null = not reported.'),
  ready: z.boolean(),
  place: z.number().int().nullable(),
  standingSentence: z.string(),
  address: z.string().nullable().describe('Its public IPv4 address: as set, else as reported or seen.'),
  address6: z.string().nullable().describe('The same for IPv6.'),
  zone: z.string().describe('What fails together (R9).'),
  maintenance: MaintenanceView.nullable(),
  quarantined: z
    .object({ since: Timestamp, reason: z.string().nullable() })
    .nullable()
    .describe('Two hosts were heard with its key; ended only by a person (R35).'),
  refusedSeen: z.string().nullable().describe('What its last heartbeat was refused for; null = it was not refused.'),
  refusedBecause: z
    .enum(['ip', 'hostname'])
    .nullable()
    .describe('What `refusedSeen` is: an address that is not allowed, or another hostname than the member’s.'),
  traffic: MemberTraffic.nullable().describe('Null = HAProxy never said anything of its traffic.'),
});
export type MemberStatus = z.infer<typeof MemberStatus>;

export type BindingStatus = z.infer<typeof BindingStatus>;

/** The last judgement of a pool, with its members and names. */
export const PoolStatus = z.object({
  state: z.enum(poolStates),
  sentence: z.string().describe('What was decided and why (R14).'),
  nextInLine: z.string().nullable(),
  setupMissing: z.array(z.enum(['dns', 'hostname', 'member', 'heartbeat', 'first-publish', 'automatic-failover'])),
  clientsBackSeconds: z.number().describe('Failover delay plus TTL: how long clients may wait.'),
  frozenTicks: z.number().int().describe('Ticks in which nobody aged because we could not have heard (R2).'),
  at: Timestamp.describe(
    'When it was judged. The reply of an act carries the judgement from before it: state, sentences and health are not those after it until this is later.',
  ),
  members: z.array(MemberStatus),
  bindings: z.array(BindingStatus),
});
export type PoolStatus = z.infer<typeof PoolStatus>;

/** One pool: its settings, who is active, and how it is now. Delays in seconds. */
export const PoolView = z
  .object({
    id: z.string(),
    name: z.string(),
    preset: z.enum(presets),
    failoverDelaySeconds: z.number(),
    haproxyGraceSeconds: z.number(),
    automaticFailover: z.boolean(),
    failback: Failback,
    ipv6,
    dynamicDns,
    activeMemberId: z.string().nullable(),
    epoch: z.number().int(),
    held: z.boolean(),
    paused: z
      .object({ because: z.enum(pauseReasons), sentence: z.string(), since: Timestamp })
      .nullable()
      .describe('Nothing acts but a switchover that names its target, until a person resumes it (R13).'),
    maintenance: MaintenanceView.nullable(),
    seenEpoch: z.number().int().describe('The greatest epoch of ours read in a mark; the next one is above it (R25).'),
    createdAt: Timestamp,
    lastPromotion: z
      .object({ kind: z.enum(promotionKinds), at: Timestamp })
      .nullable()
      .default(null)
      .describe('What made the present epoch, and when it was decided. Null before the first publish.'),
    status: PoolStatus,
  })
  .meta({ id: 'Pool' });
export type PoolView = z.infer<typeof PoolView>;
/** All pools. */
export const PoolList = z.object({ pools: z.array(PoolView) });

/** A name and the mark beside its record as a person was shown it: null = there was none. */
const ShownMark = z.strictObject({
  name: z.string().min(1).max(255),
  type: z.enum(recordTypes).optional().describe('Of the record; left out = of every record of the name.'),
  mark: z.string().max(65_535).nullable(),
});
/** The marks that a yes is for (R21). Each input says what happens without them. */
export const ShownMarks = z.array(ShownMark).max(1_000);
export type ShownMarks = z.infer<typeof ShownMarks>;

/** What the records hold and whom a first publish would make active (PRODUCT.md section 4). TTL in seconds. */
export const FirstPublishView = z
  .object({
    kind: z.enum(['adopt', 'create', 'take-over', 'nobody-ready', 'impossible']),
    proposedMemberId: z
      .string()
      .nullable()
      .describe('Whom a yes makes active; with `take-over`, the yes to taking over.'),
    sentence: z.string(),
    records: z.array(
      z.object({
        name: z.string(),
        type: z.enum(recordTypes),
        addresses: z.array(z.string()),
        mark: z.string().nullable(),
        ttlSeconds: z.number().nullable(),
        proxied: z.boolean().describe('The provider’s edge answers with its own addresses, and with a TTL of its own.'),
        note: z.string().nullable().describe('What a person wrote where the mark belongs. Null = nothing.'),
        noteSentence: z
          .string()
          .nullable()
          .describe(
            'That note in a sentence, with what becomes of it: whether it leaves room for our mark. Null = no note.',
          ),
        warning: z
          .string()
          .nullable()
          .describe(
            'What its present TTL costs, and how long to wait before the first switchover. Null = nothing to say.',
          ),
        cname: z.boolean(),
        notOurs: z
          .string()
          .nullable()
          .default(null)
          .describe(
            'What stands there that is not ours, so that a yes has to take it over. Null = it is ours or free.',
          ),
        newTtlSeconds: z
          .number()
          .nullable()
          .default(null)
          .describe('The TTL that it gets: what the wish comes to at the provider.'),
      }),
    ),
  })
  .meta({ id: 'FirstPublish' });
export type FirstPublishView = z.infer<typeof FirstPublishView>;

/** A person's yes to a first publish. */
export const FirstPublishInput = z.strictObject({
  memberId: z.string().trim().min(1).max(253).describe('A member id or hostname; the proposal names one.'),
  takeOver: z.boolean().default(false).describe('Yes, replace a record that is not ours.'),
  expectMarks: ShownMarks.optional().describe(
    'The mark of each name that the preview showed: when another stands there by now, nothing changes. Without it a yes is for the marks that are read when it comes.',
  ),
  confirmNotReady: z.boolean().default(false),
  reason: PlainText.max(500).optional(),
});
export type FirstPublishInput = z.input<typeof FirstPublishInput>;
