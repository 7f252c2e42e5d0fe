import { memberLimits, memberTemplates } from '@serverctl/core';
import { z } from 'zod';
import { Id, numberWithin, PlainText, Timestamp } from './common.ts';
import { MemberStatus } from './pools.ts';

const giveEgress = 'must be a list of at least one address or CIDR range that the host is seen from';

/** A host to add; what is not named gets the default of its template. */
export const MemberInput = z.strictObject({
  hostname: z.string().trim().min(1).max(253),
  allowedEgress: z
    .array(z.string().trim(), giveEgress)
    .min(1, giveEgress)
    .max(memberLimits.egressEntries)
    .describe('Addresses or CIDR ranges, IPv4 and IPv6.'),
  publicIpv4: z.string().trim().nullable().default(null),
  publicIpv6: z.string().trim().nullable().default(null),
  template: z.enum(memberTemplates).optional(),
  monitored: z
    .boolean()
    .optional()
    .describe('Whether systemd’s word about HAProxy counts as health; default: yes in HAProxy pools.'),
  units: z.array(z.string()).min(1).max(memberLimits.units).optional(),
  priority: numberWithin(memberLimits.priority).describe('Lower is preferred.').optional(),
  zone: PlainText.max(64).optional().describe('What fails together, e.g. a data centre (R9); default: unlabelled.'),
  enrolmentMinutes: z.number().int().min(1).max(1_440).optional(),
  confirmFailback: z
    .boolean()
    .optional()
    .describe(
      'Needed where the priority makes records go to another member later, because failback is automatic (R12).',
    ),
  expectNext: Id.optional().describe(
    'With `confirmFailback`: to whom the records would go as it was shown, by id or hostname; when it is another by now, nothing changes.',
  ),
});
export type MemberInput = z.input<typeof MemberInput>;

/** Changes what it names; no field has a default here. */
export const MemberPatch = MemberInput.omit({ enrolmentMinutes: true, template: true })
  .extend({
    publicIpv4: z.string().trim().nullable().describe('Null = no longer set: as reported by the agent or seen by us.'),
    publicIpv6: z.string().trim().nullable().describe('The same for IPv6.'),
    confirmMove: z.boolean().describe('Yes, move the records to the active member’s new address.'),
  })
  .partial();
export type MemberPatch = z.input<typeof MemberPatch>;

/** Path parameters of one member. */
export const MemberParams = z.object({ poolId: Id, memberId: Id });

/** The install line of a host and its secret, which is shown this once (R34). */
export const EnrolmentView = z
  .object({
    memberId: z.string(),
    secret: z.string().describe('Shown once. Enter it at the prompt of the line; never put it into an argument (R34).'),
    expiresAt: Timestamp,
    command: z.string().describe('The line to run on the host as root. The secret is not in it.'),
    warnings: z.array(z.string()).describe('Why the line may not work on that host.'),
  })
  .meta({ id: 'Enrolment' });
export type EnrolmentView = z.infer<typeof EnrolmentView>;

/** One member: its settings, and how it is now. */
export const MemberView = z
  .object({
    id: z.string(),
    poolId: z.string(),
    hostname: z.string(),
    allowedEgress: z.array(z.string()),
    publicIpv4: z.string().nullable(),
    publicIpv6: z.string().nullable(),
    template: z.enum(memberTemplates),
    monitored: z.boolean(),
    units: z.array(z.string()),
    priority: z.number().int(),
    zone: z.string(),
    enrolled: z.boolean().describe('Has a valid key.'),
    previousHostname: z
      .object({ hostname: z.string(), until: Timestamp })
      .nullable()
      .describe('After a rename: the old hostname, still accepted until then.'),
    createdAt: Timestamp,
    warnings: z.array(z.string()),
    status: MemberStatus,
  })
  .meta({ id: 'Member' });
export type MemberView = z.infer<typeof MemberView>;

/** The members of one pool. */
export const MemberList = z.object({ members: z.array(MemberView) });
/** How long a new install line is valid, in minutes (default 15). */
export const EnrolmentInput = z.strictObject({ minutes: z.number().int().min(1).max(1_440).optional() });
export type EnrolmentInput = z.input<typeof EnrolmentInput>;
/** Something that a host fetched from us, as this process saw it. */
const Fetched = z.object({
  at: Timestamp,
  from: z.string().describe('The address that asked for it, which is one of the member’s allowed ones.'),
});
/**
 * How far a host has come since its install line was made. Hosts download without saying who they are, so a download counts for each member
 * that may be seen from the address that asked; null = this process saw none since the line was made.
 */
export const EnrolmentProgress = z
  .object({
    memberId: z.string(),
    line: z
      .object({ madeAt: Timestamp, expiresAt: Timestamp, usedAt: Timestamp.nullable() })
      .nullable()
      .describe('The newest install line; null = none was made.'),
    script: Fetched.nullable(),
    agent: Fetched.extend({ version: z.string() }).nullable().describe('All of it was sent.'),
    key: z
      .object({
        enrolledAt: Timestamp,
        fingerprint: z
          .string()
          .describe('Of the public key: the host’s own file is named after it, key-FINGERPRINT.pem.'),
        sinceLine: z.boolean().describe('It came by the newest line, and is no earlier one.'),
      })
      .nullable()
      .describe('The key that counts now; null = not enrolled.'),
    heard: z
      .object({ from: z.string().nullable(), agentVersion: z.string() })
      .nullable()
      .describe('Its last heartbeat under the present key; null = none yet.'),
  })
  .meta({ id: 'EnrolmentProgress' });
export type EnrolmentProgress = z.infer<typeof EnrolmentProgress>;
/** The reply of adding a member: its view and its install line. */
export const MemberAdded = z.object({ member: MemberView, enrolment: EnrolmentView });
export type MemberAdded = z.infer<typeof MemberAdded>;
/** `releaseRecord` lets the active member go: management ends, the record stays as it is. */
export const RemoveMemberQuery = z.strictObject({ releaseRecord: z.stringbool().default(false) });
