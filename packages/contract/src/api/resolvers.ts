import { z } from 'zod';
import { Timestamp } from './common.ts';
import { BindingStatus } from './pools.ts';

/*
 * Recursive resolvers: what clients elsewhere are told of a name, for people to see. They verify nothing (R24) and decide nothing.
 */

/** So many are asked at most. */
export const mostResolvers = 8;

/** So many addresses of one answer are shown at most. */
export const mostAddresses = 16;

const resolverText = z.string().trim().max(100);

/** The whole list, in place of the one before. The server says itself what is wrong with an entry, in an error of its own. */
export const ResolversInput = z.strictObject({
  resolvers: z
    .array(resolverText)
    .meta({ maxItems: mostResolvers })
    .describe(
      'IP addresses, with a port where that is not 53: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. Empty = nothing is asked. A private address must be allowed by `SERVERCTL_ALLOW_PRIVATE_TARGETS`, but for loopback on port 53.',
    ),
  expect: z
    .array(resolverText)
    .max(mostResolvers)
    .optional()
    .describe('The list as it was shown: with another one by now nothing is changed, so that nobody undoes it unseen.'),
});
export type ResolversInput = z.input<typeof ResolversInput>;

/** The recursive resolvers of the installation, in the order in which they are shown. */
export const ResolversView = z
  .object({ resolvers: z.array(z.string()).describe('In canonical text, without a port where that is 53.') })
  .meta({ id: 'DnsResolvers' });
export type ResolversView = z.infer<typeof ResolversView>;

/** What one recursive resolver answered for one record. */
export const ResolverAnswer = z.object({
  resolver: z.string(),
  askedAt: Timestamp.describe('At most five seconds ago: an answer that was just heard is shown again.'),
  state: z
    .enum(['same', 'other', 'not-compared', 'no-answer'])
    .describe(
      '`same`: exactly `acknowledgedAddress`, or none where that is null. `other`: something else. `not-compared`: `publishedEpoch` is 0, or see `edge`. `no-answer`: `error` says why.',
    ),
  addresses: z
    .array(z.string())
    .describe(`The first ${mostAddresses} at most. Empty where it says that there is none, and without an answer.`),
  moreAddresses: z.number().int().describe('So many others it named as well.'),
  ttlSeconds: z
    .number()
    .int()
    .nullable()
    .describe('What is left of the TTL in its cache; null without an answer, or where it does not say.'),
  cachedUntil: Timestamp.nullable().describe(
    'When that ends, and it asks anew. What it hears then is not said: from another view of the zone, or while no name server answers it, that may be what it answers now.',
  ),
  error: z.string().nullable(),
});
export type ResolverAnswer = z.infer<typeof ResolverAnswer>;

/** One record with what recursive resolvers answer for it now. */
export const BindingDetail = BindingStatus.extend({
  acknowledgedAddress: z
    .string()
    .nullable()
    .describe('What the provider acknowledged last; null = nothing yet, or an AAAA that was withdrawn.'),
  resolvers: z.array(ResolverAnswer).describe('For information: no state follows from it. Empty where none is set up.'),
});
export type BindingDetail = z.infer<typeof BindingDetail>;

/** By id one record, by name all that the name has; the A before the AAAA. */
export const BindingDetails = z.object({ records: z.array(BindingDetail) });
export type BindingDetails = z.infer<typeof BindingDetails>;
