import { z } from 'zod';
import { Timestamp } from './common.ts';

/** When: an instant in the past, or now when left out. */
export const WhyQuery = z.strictObject({
  at: z.iso
    .datetime('must be an instant in UTC, for example 2026-01-31T07:30:00Z')
    .optional()
    .describe(
      'UTC, RFC 3339; left out = now. With a fraction (…:00.000Z) it is that very moment. Without one it is that whole second: of several decisions in it the promotion is told, else the last one.',
    ),
});
export type WhyQuery = z.input<typeof WhyQuery>;

/** What kind of decision: do nothing, wait for something, promote, or not act on trouble. */
export const decisionKinds = ['keep', 'wait', 'promote', 'refuse'] as const;

/** One change of a pool's decision. */
export const DecisionChange = z.object({
  at: Timestamp,
  kind: z.enum(decisionKinds),
  because: z.string(),
  sentence: z.string(),
});
export type DecisionChange = z.infer<typeof DecisionChange>;

const Chosen = z.object({ memberId: z.string(), hostname: z.string(), because: z.string() });

/** Why a pool was judged as it was (R14): the rules, the inputs, the standby, why not each other one, and the evidence itself. */
export const WhyView = z
  .object({
    at: Timestamp.describe('The moment asked about.'),
    judgedAt: Timestamp.describe('When the evidence was judged.'),
    since: Timestamp.describe('Since when this decision held.'),
    kind: z.enum(decisionKinds),
    because: z.string(),
    sentence: z.string(),
    rules: z.array(z.string()).describe('Rules that fired, e.g. R2; docs name each.'),
    inputs: z.array(z.object({ name: z.string(), value: z.string() })),
    chosen: Chosen.nullable().describe('Whom it promotes, or would promote, and why this one.'),
    others: z.array(Chosen).describe('Each other member, and why not this one.'),
    replayed: z
      .boolean()
      .describe('Deciding on the stored evidence again gave exactly the stored decision (R14, I18).'),
    decision: z.unknown(),
    evidence: z.unknown().describe('Everything that the decision was made from.'),
    besides: z
      .array(DecisionChange)
      .describe('What else held in the second that was asked about, oldest first; empty for a very moment.'),
    changes: z.array(DecisionChange).describe('The last changes up to that moment, oldest first.'),
  })
  .meta({ id: 'Why' });
export type WhyView = z.infer<typeof WhyView>;
