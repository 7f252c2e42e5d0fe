import { isIPv4 } from 'node:net';

/** Why this cannot be declared as the host's public IPv4 address, or null. */
export function publicIpv4Problem(text: string): string | null {
  if (!isIPv4(text)) return `${text} is not an IPv4 address`;
  const first = Number(text.split('.')[0]);
  if (first === 0 || first >= 224) return `${text} is not the address of a host`;
  return null;
}

/** Ranges that nobody outside reaches: private (RFC 1918), carrier-grade NAT (RFC 6598), loopback, link-local. Warned about, since a lab uses them. */
export function isUnreachableFromOutside(address: string): boolean {
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
