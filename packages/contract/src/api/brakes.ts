import { z } from 'zod';
import { Timestamp } from './common.ts';

/** How one zone is heard: members that count for R9, and those of them that are silent for more than 3 s. */
export const ZoneView = z.object({
  zone: z.string(),
  members: z.number().int(),
  silent: z.number().int(),
  dead: z.boolean().describe('Its pools fail over at normal speed (R9).'),
});

/** The brakes of the fleet (R9, R10): what holds now, by what figures, and whether a person has released them. */
export const BrakesView = z
  .object({
    sentence: z.string().describe('What holds now, and what to do about it.'),
    released: z
      .object({ until: Timestamp, by: z.string(), reason: z.string() })
      .nullable()
      .describe('Null = the brakes are in force.'),
    massSilence: z.object({
      holds: z.boolean(),
      members: z.number().int().describe('Members that count: heard in the last ten minutes, not in maintenance.'),
      silent: z.number().int().describe('Those of them that are silent for more than 3 s.'),
      zones: z.array(ZoneView),
    }),
    velocity: z.object({
      holds: z.boolean(),
      promotions: z.number().int().describe('Automatic promotions of the last minute that count.'),
      limit: z.number().int().describe('So many are made in a minute.'),
    }),
    braked: z
      .array(z.object({ poolId: z.string(), pool: z.string(), because: z.enum(['mass-silence', 'velocity']) }))
      .describe('Pools that wait for a brake now.'),
    judgedAt: Timestamp.nullable().describe('When a failover loop judged last; null = none has yet.'),
    howToRelease: z.string(),
  })
  .meta({ id: 'Brakes' });
export type BrakesView = z.infer<typeof BrakesView>;
