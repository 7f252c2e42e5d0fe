import { recordTypes } from '@serverctl/core';
import { z } from 'zod';
import { hasReasonUnlessPreview, Id, numberWithin, Reason, reasonMissing } from './common.ts';
import { PromotePreview, PromotionView } from './history.ts';
import { MemberView } from './members.ts';
import { PoolView, ShownMarks } from './pools.ts';

/** Bounds of a maintenance: whoever needs longer extends it. */
export const maintenanceMinutes = { least: 1, most: 7 * 24 * 60 } as const;

/** A maintenance that begins now, or one that is extended: so many minutes from now, then it ends by itself (R13). */
export const MaintenanceInput = z.strictObject({
  minutes: numberWithin(maintenanceMinutes).describe('From now; asked again, it is extended or shortened.'),
  reason: Reason,
});
export type MaintenanceInput = z.input<typeof MaintenanceInput>;

/** What a maintenance of the active member does with the records first. */
export const onActiveChoices = ['switch', 'stay'] as const;
/** A maintenance of one member; the active one needs to be told what becomes of the records. */
export const MemberMaintenanceInput = MaintenanceInput.extend({
  onActive: z
    .enum(onActiveChoices)
    .optional()
    .describe('Needed for the active member: switch over to the next ready standby in the same act, or stay.'),
  expectNext: Id.optional().describe(
    'The standby that a preview of `switch` named: when it is another by now, nothing changes.',
  ),
  preview: z.boolean().default(false).describe('Say what a switch would move and change nothing.'),
});
export type MemberMaintenanceInput = z.input<typeof MemberMaintenanceInput>;

/** The member in maintenance, what the switchover before it moves, and that switchover; null = none was asked for or needed. */
export const MemberMaintained = z
  .object({
    member: MemberView,
    preview: PromotePreview.nullable(),
    promotion: PromotionView.nullable().describe('Null as well when only the preview was asked for.'),
  })
  .meta({ id: 'MemberMaintained' });
export type MemberMaintained = z.infer<typeof MemberMaintained>;

/** Why a person pauses a pool, or clears a quarantine. */
export const ReasonInput = z.strictObject({ reason: Reason });
export type ReasonInput = z.input<typeof ReasonInput>;

/** Which of the two is right when a record is not as the pool left it. */
export const recordChoices = ['adopt', 'keep'] as const;
/** The end of a pause. */
export const ResumeInput = z
  .strictObject({
    reason: Reason.optional().describe('Needed where it is no preview.'),
    record: z
      .enum(recordChoices)
      .optional()
      .describe(
        'Needed when a record is not as this pool left it: adopt = the member that the records name becomes active; keep = they get the active member’s address again, whoever marked them.',
      ),
    confirmNotReady: z.boolean().default(false).describe('Yes, adopt a member that is not ready as well.'),
    expectMarks: ShownMarks.optional().describe(
      'With `record`: the mark of each name that a preview showed. When another stands there by now, nothing changes. Without it the choice is for the marks that are read when it comes.',
    ),
    expect: Id.optional().describe(
      'With `record`: the member that a preview showed as active afterwards. When it would be another by now, nothing changes.',
    ),
    preview: z.boolean().default(false).describe('Say what stands at each name and change nothing.'),
  })
  .refine(hasReasonUnlessPreview, reasonMissing);
export type ResumeInput = z.input<typeof ResumeInput>;

/** The pool as it is now, and the promotion that the act made; null = none was needed. */
export const PoolOperated = z
  .object({ pool: PoolView, promotion: PromotionView.nullable() })
  .meta({ id: 'PoolOperated' });
export type PoolOperated = z.infer<typeof PoolOperated>;

/** The pool as it is now, the promotion, and each record as it was read before the pause ended. */
export const PoolResumed = PoolOperated.extend({
  records: z.array(
    z.object({
      name: z.string(),
      type: z.enum(recordTypes),
      addresses: z.array(z.string()),
      mark: z.string().nullable(),
      disputed: z
        .string()
        .nullable()
        .describe('What two sides claim, in words: `record` says who is right. Null = nothing.'),
    }),
  ),
  named: z
    .string()
    .nullable()
    .describe('The one member that every record names, as adopting them needs it; null = they name no one member.'),
}).meta({ id: 'PoolResumed' });
export type PoolResumed = z.infer<typeof PoolResumed>;

/** A person's yes to what somebody's hand wrote into the records: the member that they name becomes active (R21). */
export const AdoptInput = z
  .strictObject({
    reason: Reason.optional().describe('Needed where it is no preview.'),
    expect: Id.optional().describe(
      'The member that a preview named: when the records name another by now, nothing changes.',
    ),
    confirmNotReady: z.boolean().default(false),
    preview: z.boolean().default(false).describe('Say what would happen and change nothing.'),
  })
  .refine(hasReasonUnlessPreview, reasonMissing);
export type AdoptInput = z.input<typeof AdoptInput>;

/** The pool as it is now, what adopting does name by name, and the promotion; null when only the preview was asked for. */
export const PoolAdopted = PoolOperated.extend({ preview: PromotePreview }).meta({ id: 'PoolAdopted' });
export type PoolAdopted = z.infer<typeof PoolAdopted>;

/** A person's no to what somebody's hand wrote into the records: they get the active member's address again (R21). */
export const RepairInput = z
  .strictObject({
    reason: Reason.optional().describe('Needed where it is no preview.'),
    expect: Id.optional().describe(
      'The member whose address a preview showed: when another one is active by now, nothing changes.',
    ),
    preview: z.boolean().default(false).describe('Say what would be written and change nothing.'),
  })
  .refine(hasReasonUnlessPreview, reasonMissing);
export type RepairInput = z.input<typeof RepairInput>;

/** The pool as it is now, what repairing writes name by name, and the promotion; null when only the preview was asked for. */
export const PoolRepaired = PoolOperated.extend({ preview: PromotePreview }).meta({ id: 'PoolRepaired' });
export type PoolRepaired = z.infer<typeof PoolRepaired>;

/** One more address that a member may be seen from; without one, that of its last refused heartbeat. */
export const AllowInput = z.strictObject({
  address: z
    .string()
    .trim()
    .min(1)
    .max(45)
    .optional()
    .describe('The address that was shown, so that no other one is allowed by a late click.'),
});
export type AllowInput = z.input<typeof AllowInput>;
