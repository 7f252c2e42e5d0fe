import { expect, test } from 'vitest';
import { balance, type ExpectedPromotion } from './promotion-balance.ts';

const published: ExpectedPromotion = { pool: 'edge', kind: 'first-publish', to: 'm1', cause: 'first-publish' };
const lost: ExpectedPromotion = { pool: 'edge', kind: 'failover', to: 'm2', cause: 'heartbeat-lost' };
const inactive: ExpectedPromotion = { ...lost, cause: 'haproxy-inactive' };

test('what was asked for and happened is neither false nor missing, in any order', () => {
  expect(balance([lost, published], [published, lost])).toEqual({ unasked: [], missing: [] });
});

test('a missing promotion does not hide a false one', () => {
  expect(balance([published, inactive], [published, lost])).toEqual({ unasked: [inactive], missing: [lost] });
});

test('the same promotion twice is one too many', () => {
  expect(balance([lost, lost], [lost])).toEqual({ unasked: [lost], missing: [] });
});

test('another target, kind or pool is another promotion', () => {
  for (const change of [{ to: 'm3' }, { kind: 'failback' }, { pool: 'other' }] as const)
    expect(balance([{ ...lost, ...change }], [lost])).toMatchObject({ unasked: [change], missing: [lost] });
});
