import { memberLimits, poolLimits } from '@serverctl/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CredentialPatch } from './dns.ts';
import { MemberInput, MemberPatch } from './members.ts';
import { PoolInput, PoolPatch } from './pools.ts';

test.each([
  ['pool', PoolPatch, { failback: {} }],
  ['member', MemberPatch, {}],
  ['credential', CredentialPatch, { settings: {} }],
])('a patch of a %s that names nothing changes nothing', (_what, schema, nothing) => {
  expect(schema.parse(nothing)).toEqual(nothing);
});

/** What OpenAPI shows of one field. */
const shown = (schema: z.ZodType, field: string) =>
  (z.toJSONSchema(schema, { io: 'input' }).properties as Record<string, object>)[field];

test('the ranges that readers see are those that core checks', () => {
  const { least, most } = poolLimits.failoverDelayMs;
  expect(shown(PoolInput, 'failoverDelaySeconds')).toMatchObject({ minimum: least / 1_000, maximum: most / 1_000 });
  expect(shown(PoolInput, 'name')).toMatchObject({ maxLength: poolLimits.nameLength });
  const { priority, units } = memberLimits;
  expect(shown(MemberInput, 'priority')).toMatchObject({ minimum: priority.least, maximum: priority.most });
  expect(shown(MemberInput, 'units')).toMatchObject({ maxItems: units });
});
