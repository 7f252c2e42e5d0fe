import type { CredentialLimit, ProviderKind } from '@serverctl/contract';
import { minuteMs, secondMs } from '@serverctl/core';
import { cloudflareRequestsPer, cpanelRequestsPer } from '@serverctl/dns';
import { backgroundShare, ceilingOf, oneRequestEach, type Requests } from '../../worker/budget-shares.ts';
import type { CallLimit } from '../../worker/ports.ts';

/**
 * What we send with one credential at most (R22). Cloudflare allows 1,200 calls in 5 minutes to a user or account, over all its tokens and its
 * dashboard, and shuts whoever exceeds them out of everything for the next 5 minutes (developers.cloudflare.com/fundamentals/api/reference/limits,
 * April 2026). A sixth is left to the person who works in the dashboard meanwhile, and to what people try and look up here.
 * RFC 2136: the name server is the operator's own.
 * cPanel, WHM: the server is the operator's own or their host's, and its vendor documents no number of API calls; what it does limit are failed
 * sign-ins (cPHulk). A host that limits more says 429, which all names of the credential wait for, as with any other (budget.ts, R22). An invented number would hold failovers back.
 */
export const callLimits: Readonly<Record<ProviderKind, CallLimit | null>> = {
  cloudflare: { calls: 1_000, perMs: 5 * minuteMs },
  rfc2136: null,
  cpanel: null,
  whm: null,
};

/** What the adapters say of themselves (`DnsProvider.requestsPer`), known here without opening a secret. */
export const requestsPer: Readonly<Record<ProviderKind, Requests>> = {
  cloudflare: cloudflareRequestsPer,
  rfc2136: oneRequestEach,
  cpanel: cpanelRequestsPer,
  whm: cpanelRequestsPer,
};

/** The same (`DnsProvider.sharesMark`): whether one mark stands for a name's A and AAAA together (R18). */
export const sharesMark: Readonly<Record<ProviderKind, boolean>> = {
  cloudflare: false,
  rfc2136: true,
  cpanel: true,
  whm: true,
};

/** The least of all: for a credential whose kind is not known yet. */
export const strictestLimit = callLimits.cloudflare;

/** The same for people: what is kept for failovers, and how many of them go at once. */
export function limitView(kind: ProviderKind): CredentialLimit | null {
  const limit = callLimits[kind];
  const ceiling = ceilingOf(limit, requestsPer[kind]);
  if (limit === null || ceiling === null) return null;
  return {
    calls: limit.calls,
    perSeconds: limit.perMs / secondMs,
    reservePercent: Math.round((1 - backgroundShare) * 100),
    promotionsBeforeWaiting: ceiling,
  };
}
