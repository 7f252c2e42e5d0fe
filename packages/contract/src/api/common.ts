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
  .max(128)
  .describe('An id of 12 characters; a name is accepted too where the resource has one.');
/** An instant as text. */
export const Timestamp = z.iso.datetime().describe('UTC, RFC 3339, millisecond precision.');
/** Why a person does this: kept in the audit log and the promotion. */
export const Reason = z.string().trim().min(1).max(500);
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
