import { z } from 'zod';
import { Timestamp } from './common.ts';

/** `GET /api/v1/liveness`: how the fleet is heard, in counters since this process started. */
export const LivenessView = z
  .object({
    counters: z.record(z.string(), z.number()).describe('Since this process started; names are stable.'),
    gaps: z
      .array(z.object({ memberId: z.string(), hostname: z.string(), at: Timestamp, missing: z.number().int() }))
      .describe('Heartbeats missing in a member’s sequence within one boot, newest last, the last 1,000.'),
  })
  .meta({ id: 'Liveness' });
export type LivenessView = z.infer<typeof LivenessView>;

/** `GET /readyz`: 200 when every check is ok, else 503 with the same body. */
export const ReadyView = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), sentence: z.string() })),
  })
  .meta({ id: 'Ready' });
export type ReadyView = z.infer<typeof ReadyView>;

/** `GET /healthz`: the process is alive, nothing more. */
export const HealthView = z.object({ alive: z.literal(true) });

/** The head of `GET /api/v1/openapi.json`: which release answers. */
export const ReleaseView = z.object({ info: z.object({ version: z.string() }) });
