import type { PreflightView, ProviderKind } from '@serverctl/contract';
import { secondMs } from '@serverctl/core';
import { keptOf, type ShownPreflightRow } from '../../db/repositories/preflights.ts';
import { preflightEveryMs, preflightPeriodMs } from '../../worker/preflight-period.ts';
import { callLimits, requestsPer } from '../dns-providers/limits.ts';

/** One credential in one zone, as far as its period goes. */
export interface PreflightPlace {
  readonly provider: ProviderKind;
  /** In how many zones the credential is used. */
  readonly zones: number;
  readonly isFailing: boolean;
}

/** How long until the credential is tried there again at most while calm, in seconds (R23): over five minutes where it has very many zones. */
export function preflightEverySeconds({ provider, zones, isFailing }: PreflightPlace): number {
  const periodMs = preflightPeriodMs(callLimits[provider], zones, requestsPer[provider]);
  return Math.ceil((isFailing ? preflightEveryMs : periodMs) / secondMs);
}

/** How a credential did in one zone when it was last tried (R23), as it is shown. */
export function preflightView(provider: ProviderKind, row: ShownPreflightRow): PreflightView {
  const { zone, name, type, state, trouble, findings } = keptOf(row);
  return {
    zone,
    name,
    type,
    state,
    code: trouble?.code ?? null,
    message: trouble?.message ?? null,
    remedy: trouble?.remedy ?? null,
    findings: findings.map((finding) => ({ ...finding })),
    checkedAt: row.checked_at.toISOString(),
    everySeconds: preflightEverySeconds({ provider, zones: row.zones, isFailing: state === 'failing' }),
    putOffBy: row.busy_name,
    okAt: row.ok_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
  };
}
