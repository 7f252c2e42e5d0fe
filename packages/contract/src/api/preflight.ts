import { recordTypes } from '@serverctl/core';
import { z } from 'zod';
import { Timestamp } from './common.ts';

/** What was found of one record while its credential was tried in calm, where the credential works (R23). */
export const PreflightFindingView = z.object({
  code: z
    .string()
    .describe('`value-only`, `clock-skew`, `ttl-differs`, `proxied-differs`, `cname` or `several-records`.'),
  name: z.string(),
  type: z.enum(recordTypes),
  message: z.string(),
  remedy: z.string(),
});

/** How a credential did when it was last tried in one zone, as it is again and again while nothing happens (R23). */
export const PreflightView = z.object({
  zone: z.string(),
  name: z.string().describe('The record that was looked at last: the zone’s names are looked at in turn.'),
  type: z.enum(recordTypes),
  state: z
    .enum(['ok', 'limited', 'failing'])
    .describe(
      '`limited`: it works, and `findings` say with what less. `failing`: a failover would not reach the records.',
    ),
  code: z.string().nullable().describe('Of the error; null unless it fails.'),
  message: z.string().nullable(),
  remedy: z.string().nullable(),
  findings: z.array(PreflightFindingView),
  checkedAt: Timestamp,
  everySeconds: z
    .number()
    .int()
    .optional()
    .describe(
      'So long at most until it is tried there again while calm, and twice that while a name of the zone is being published or blocked: 300, or more where one credential is used in very many zones, which share its calls.',
    ),
  putOffBy: z
    .string()
    .nullish()
    .describe(
      'A name of the zone that is being published or is blocked since this look: the next one is put off once for it, and what is said here is of before. Null = none.',
    ),
  okAt: Timestamp.nullable().describe('When it worked last; null = never yet.'),
  failingSince: Timestamp.nullable(),
});
export type PreflightView = z.infer<typeof PreflightView>;
