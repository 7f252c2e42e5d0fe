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
    [{ ipv6: 'require' }, null],
    [{ ipv6: 'keep' as 'drop' }, 'request_invalid'],
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

  describe('together', () => {
    const delay = (failoverDelayMs: number, changes: Partial<PoolSettings> = {}) => ({ ...changes, failoverDelayMs });
    it.each([
      ['grace below the delay', delay(10_000, { haproxyGraceMs: 9_999 }), null],
      ['grace at the delay', delay(10_000, { haproxyGraceMs: 10_000 }), 'haproxyGraceMs'],
      ['the greatest grace at the default delay', { haproxyGraceMs: 30_000 }, 'haproxyGraceMs'],
      ['grace at the delay, judged nowhere', delay(10_000, { preset: 'generic', haproxyGraceMs: 10_000 }), null],
      ['failback after the delay and 10 s', delay(50_000, failback({ policy: 'automatic', afterMinutes: 1 })), null],
      ['failback sooner', delay(50_001, failback({ policy: 'automatic', afterMinutes: 1 })), 'failback.afterMinutes'],
      [
        'failback of 2 min at 120 s',
        delay(120_000, failback({ policy: 'automatic', afterMinutes: 2 })),
        'failback.afterMinutes',
      ],
      ['failback of 3 min at 120 s', delay(120_000, failback({ policy: 'automatic', afterMinutes: 3 })), null],
      ['minutes that nobody waits for', delay(120_000, failback({ policy: 'manual', afterMinutes: 1 })), null],
      ['automatic failback with failover off', failback({ policy: 'automatic' }), null],
      ['a window of one minute', failback({ window: { fromMinute: 1_439, toMinute: 0 } }), null],
    ] as const)('%s', (_name, changes, field) => {
      expect(checkPoolSettings(settings(changes))?.details['field'] ?? null).toBe(field);
    });

    it('is refused with the reason in words and figures', () => {
      const grace = checkPoolSettings(settings({ failoverDelayMs: 10_000, haproxyGraceMs: 20_000 }));
      expect(grace?.details).toMatchObject({ least: 0, most: 9_999 });
      expect(grace?.details['because']).toContain('the failover delay of 10.0 s');
      const changes = { failoverDelayMs: 120_000, ...failback({ policy: 'automatic', afterMinutes: 1 }) };
      expect(checkPoolSettings(settings(changes))?.details['because']).toContain('at least 3');
    });
  });

  it('moves nothing by default until a person switches it on', () => {
    expect(defaultPoolSettings).toMatchObject({ automaticFailover: false, failback: { policy: 'manual' } });
  });
});
