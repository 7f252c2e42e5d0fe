import { egressAllows, specialIpv4Ranges } from '@serverctl/core';

/** Addresses that a proxy or NAT beside us has, and a host elsewhere never shows. */
const near = [
  ...specialIpv4Ranges.private,
  ...specialIpv4Ranges.carrier,
  ...specialIpv4Ranges.local,
  '::1',
  'fc00::/7',
  'fe80::/10',
];

/** What to ask about a refused peer that looks like a proxy which nobody named as one (R36), or null. */
export function proxyQuestion(seen: string, { proxiesKnown }: { readonly proxiesKnown: boolean }): string | null {
  if (proxiesKnown || !egressAllows(near, seen)) return null;
  return `Is ${seen} your proxy? Then name it in SERVERCTL_TRUSTED_PROXIES.`;
}
