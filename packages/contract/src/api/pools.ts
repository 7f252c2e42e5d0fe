import {
  failbackPolicies,
  healthKinds,
  pauseReasons,
  poolLimits,
  poolStates,
  presets,
  secondMs,
} from '@serverctl/core';
import { z } from 'zod';
import { MaintenanceView, numberWithin, Timestamp } from './common.ts';

const seconds = ({ least, most }: { readonly least: number; readonly most: number }) =>
  numberWithin({ least: least / secondMs, most: most / secondMs }).describe('Seconds.');
const poolName = z.string().trim().min(1).max(poolLimits.nameLength);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM, for example 07:30');

/** Who brings traffic back to the preferred member, and when (R12). */
export const Failback = z.object({
  policy: z.enum(failbackPolicies),
  afterMinutes: numberWithin(poolLimits.failbackMinutes).describe('Minutes of unbroken health it needs first.'),
  window: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .nullable()
    .describe('Daily window in UTC, HH:MM; may wrap midnight; null = at any time.'),
});

/** Written out, not `.partial()`, as CredentialPatch is: what is not named stays as it is. */
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
  confirmMove: z
    .boolean()
    .optional()
    .describe('Needed to switch automatic failover on while the active member is unhealthy.'),
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
  type: z.literal('A'),
  ttlSeconds: z.number().int(),
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
  address: z.string().nullable(),
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
    status: PoolStatus,
  })
  .meta({ id: 'Pool' });
export type PoolView = z.infer<typeof PoolView>;
/** All pools. */
export const PoolList = z.object({ pools: z.array(PoolView) });

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
        addresses: z.array(z.string()),
        mark: z.string().nullable(),
        ttlSeconds: z.number().nullable(),
        cname: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'FirstPublish' });
export type FirstPublishView = z.infer<typeof FirstPublishView>;

/** A person's yes to a first publish. */
export const FirstPublishInput = z.strictObject({
  memberId: z.string().trim().min(1).max(253).describe('A member id or hostname; the proposal names one.'),
  takeOver: z.boolean().default(false).describe('Yes, replace a record that is not ours.'),
  confirmNotReady: z.boolean().default(false),
  reason: z.string().trim().max(500).optional(),
});
export type FirstPublishInput = z.input<typeof FirstPublishInput>;
