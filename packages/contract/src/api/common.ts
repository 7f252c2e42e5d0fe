import { z } from 'zod';

/** Every refusal of the operator API: a code of the catalogue, safe details, what to do, and the request's id for the log. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      remedy: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Names a resource in a path or a body. */
export const Id = z
  .string()
  .min(1)
  .max(253)
  .describe(
    'An id of 12 characters; a name is accepted too where the resource has one, a host’s or a DNS name among them.',
  );
/** An instant as text. */
export const Timestamp = z.iso.datetime().describe('UTC, RFC 3339, millisecond precision.');
/**
 * What is no part of a line of text: control characters (C0, C1, DEL), ends of lines and paragraphs, and what turns the direction of the text
 * around it, so that a name reads as another one (UAX 9, section 2).
 */
const notPlain = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
/** What a person writes for people to read, a name or a reason: it is shown in terminals, mail and chats, one line each. */
export const PlainText = z
  .string()
  .trim()
  .refine(
    (text) => !notPlain.test(text),
    'must be one line of plain text, without line breaks, tabs, control characters or marks that turn its direction',
  );
/** Why a person does this: kept in the audit log and the promotion. */
export const Reason = PlainText.min(1).max(500);
/** Of an act that can be previewed: a preview changes nothing, so it needs no reason. */
export function hasReasonUnlessPreview(act: {
  readonly reason?: string | undefined;
  readonly preview: boolean;
}): boolean {
  return act.preview || act.reason !== undefined;
}
/** What is said where `hasReasonUnlessPreview` does not hold. */
export const reasonMissing = { path: ['reason'], message: 'is needed where it is no preview' };
/** Path parameters of everything below one pool. */
export const PoolParams = z.object({ poolId: Id });

/** A number whose range readers of the schema see; core refuses what is outside, so that each range has its own catalogue error. */
export const numberWithin = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.number().meta({ minimum: least, maximum: most });

/** A maintenance that holds now: it ends by itself (R13). */
export const MaintenanceView = z.object({
  until: Timestamp,
  over: z
    .boolean()
    .describe('Its time is over by the server’s clock, and it holds until the failover loop or a person ends it.'),
  reason: z.string().nullable(),
});
export type MaintenanceView = z.infer<typeof MaintenanceView>;

/** The reply of every removal: what is gone. */
export const Removed = z.object({ removed: z.string() }).meta({ id: 'Removed' });
export type Removed = z.infer<typeof Removed>;
