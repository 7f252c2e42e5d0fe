import { memberLimits, memberTemplates } from '@serverctl/core';
import { z } from 'zod';
import { Id, numberWithin, Timestamp } from './common.ts';
import { MemberStatus } from './pools.ts';

export const MemberInput = z.object({
  hostname: z.string().trim().min(1).max(253),
  allowedEgress: z
    .array(z.string().trim())
    .min(1)
    .max(memberLimits.egressEntries)
    .describe('Addresses or CIDR ranges, IPv4 and IPv6.'),
  publicIpv4: z.string().trim().nullable().default(null),
  template: z.enum(memberTemplates).optional(),
  monitored: z
    .boolean()
    .optional()
    .describe('Whether systemd’s word about HAProxy counts as health; default: yes in HAProxy pools.'),
  units: z.array(z.string()).min(1).max(memberLimits.units).optional(),
  priority: numberWithin(memberLimits.priority).describe('Lower is preferred.').optional(),
  enrolmentMinutes: z.number().int().min(1).max(1_440).optional(),
});
export type MemberInput = z.input<typeof MemberInput>;

export const MemberPatch = MemberInput.omit({ enrolmentMinutes: true, template: true })
  .extend({ publicIpv4: z.string().trim().nullable() })
  .partial();
export type MemberPatch = z.input<typeof MemberPatch>;

export const MemberParams = z.object({ poolId: Id, memberId: Id });

export const EnrolmentView = z
  .object({
    memberId: z.string(),
    secret: z.string().describe('Shown once. Enter it at the prompt of the line; never put it into an argument (R34).'),
    expiresAt: Timestamp,
    command: z.string().describe('The line to run on the host as root. The secret is not in it.'),
  })
  .meta({ id: 'Enrolment' });
export type EnrolmentView = z.infer<typeof EnrolmentView>;

export const MemberView = z
  .object({
    id: z.string(),
    poolId: z.string(),
    hostname: z.string(),
    allowedEgress: z.array(z.string()),
    publicIpv4: z.string().nullable(),
    template: z.enum(memberTemplates),
    monitored: z.boolean(),
    units: z.array(z.string()),
    priority: z.number().int(),
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

export const MemberList = z.object({ members: z.array(MemberView) });
export const EnrolmentInput = z.object({ minutes: z.number().int().min(1).max(1_440).optional() });
export type EnrolmentInput = z.input<typeof EnrolmentInput>;
export const MemberAdded = z.object({ member: MemberView, enrolment: EnrolmentView });
export type MemberAdded = z.infer<typeof MemberAdded>;
export const RemoveMemberQuery = z.object({ releaseRecord: z.stringbool().default(false) });
