import { isIPv4, isIPv6 } from 'node:net';
import { ipv6Text } from '@serverctl/core';
import { WireError } from './wire-error.ts';

/** The four bytes of an IPv4 address in dotted decimals. */
export function ipv4ToBytes(address: string): Uint8Array {
  if (!isIPv4(address)) throw new WireError(`not an IPv4 address: ${address}`);
  return Uint8Array.from(address.split('.'), Number);
}

/** Dotted decimals of the four bytes. Throws `WireError` for another number of them. */
export function ipv4FromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 4) throw new WireError(`an A record has 4 bytes, not ${bytes.length}`);
  return bytes.join('.');
}

/** The sixteen bytes of an IPv6 address, in any spelling but one with a zone index. */
export function ipv6ToBytes(address: string): Uint8Array {
  if (!isIPv6(address) || address.includes('%')) throw new WireError(`not an IPv6 address: ${address}`);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const text = dotted === null ? address : `${dotted[1]}${dottedToGroups(dotted[2] ?? '')}`;
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':')).map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** Canonical text (RFC 5952). Throws `WireError` for another number of bytes than sixteen. */
export function ipv6FromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new WireError(`an AAAA record has 16 bytes, not ${bytes.length}`);
  return ipv6Text(bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
}

function dottedToGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4ToBytes(dotted);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
