import { parseIp } from '@serverctl/core';

/** What counts as one place, for people and agents alike: an IPv4 address, or the /64 that one host of IPv6 has to itself. */
export function placeOf(peer: string): string {
  const address = parseIp(peer);
  return address?.family === 6 ? `${(address.value >> 64n).toString(16)}::/64` : peer;
}
