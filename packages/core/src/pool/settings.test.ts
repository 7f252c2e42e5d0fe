import { describe, expect, it } from 'vitest';
import type { PoolSettings } from './pool.ts';
import { checkPoolSettings, defaultPoolSettings } from './settings.ts';

const settings = (changes: Partial<PoolSettings> = {}): PoolSettings => ({
  ...defaultPoolSettings,
  name: 'edge',
  ...changes,
});
const failback = (changes: object) => ({
  failback: { ...defaultPoolSettings.failback, ...changes } as PoolSettings['failback'],
});

describe('checkPoolSettings', () => {
  it.each([
    [{}, null],
    [{ name: '' }, 'pool_name_invalid'],
    [{ name: 'a b' }, 'pool_name_invalid'],
    [{ name: 'a'.repeat(65) }, 'pool_name_invalid'],
    [{ name: 'Edge-EU_1.a' }, null],
    [{ preset: 'other' as 'generic' }, 'request_invalid'],
    [{ failoverDelayMs: 10_000 }, null],
    [{ failoverDelayMs: 9_999 }, 'failover_delay_out_of_range'],
    [{ failoverDelayMs: 120_000 }, null],
    [{ failoverDelayMs: 120_001 }, 'failover_delay_out_of_range'],
    [{ failoverDelayMs: 10_000.5 }, 'failover_delay_out_of_range'],
    [{ haproxyGraceMs: 0 }, null],
    [{ haproxyGraceMs: -1 }, 'haproxy_grace_out_of_range'],
    [{ haproxyGraceMs: 30_001 }, 'haproxy_grace_out_of_range'],
    [failback({ policy: 'always' }), 'failback_invalid'],
    [failback({ afterMinutes: 0 }), 'failback_invalid'],
    [failback({ window: { fromMinute: 1_380, toMinute: 120 } }), null],
    [failback({ window: { fromMinute: 1_440, toMinute: 120 } }), 'failback_invalid'],
    [failback({ window: { fromMinute: 0, toMinute: -1 } }), 'failback_invalid'],
    [failback({ window: { fromMinute: 60, toMinute: 60 } }), 'failback_invalid'],
  ] as const)('%o', (changes, code) => {
    const error = checkPoolSettings(settings(changes));
    expect(error?.code ?? null).toBe(code);
    if (error !== null) expect(error.details['field']).toEqual(expect.any(String));
  });

  it('moves nothing by default until a person switches it on', () => {
    expect(defaultPoolSettings).toMatchObject({ automaticFailover: false, failback: { policy: 'manual' } });
  });
});
