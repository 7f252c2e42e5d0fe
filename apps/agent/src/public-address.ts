import { isIPv4, isIPv6 } from 'node:net';

/** Why this cannot be declared as the host's public IPv4 address, or null. */
export function publicIpv4Problem(text: string): string | null {
  if (!isIPv4(text)) return `${text} is not an IPv4 address`;
  const first = Number(text.split('.')[0]);
  if (first === 0 || first >= 224) return `${text} is not the address of a host`;
  return null;
}

/** Why this cannot be declared as the host's public IPv6 address, or null. */
export function publicIpv6Problem(text: string): string | null {
  if (!isIPv6(text)) return `${text} is not an IPv6 address`;
  if (text.includes('%') || /^fe[89ab]/i.test(text)) return `${text} means something on one link only`;
  if (text.includes('.') || isMapped(text)) return `${text} holds an IPv4 address`;
  if (text === '::' || /^ff/i.test(text)) return `${text} is not the address of a host`;
  return null;
}

/** Whether it is an IPv4-mapped one (RFC 4291 section 2.5.5.2) in any form, for example ::ffff:c633:640c. The URL standard has one text for each. */
function isMapped(ipv6: string): boolean {
  return /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(new URL(`http://[${ipv6}]`).hostname);
}

/** Ranges that nobody outside reaches: private (RFC 1918, RFC 4193), carrier-grade NAT (RFC 6598), loopback, link-local. Warned about, since a lab uses them. */
export function isUnreachableFromOutside(address: string): boolean {
  if (address.includes(':')) return address === '::1' || /^f[cd]/i.test(address);
  const [a = 0, b = 0] = address.split('.').map(Number);
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}
