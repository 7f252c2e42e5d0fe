import { addressBits, type IpAddress, ipv6Text, parseIp, parseIpv4Value } from './ip.ts';
import type { Ipv4, Ipv6, RecordType } from './record.ts';
import { globalIpv6Range, specialIpv4Ranges, specialIpv6Ranges, unusableIpv6Ranges } from './special-ranges.ts';

/** One allowed egress entry: a single address or a CIDR range of either family. */
export interface EgressRange {
  readonly family: 4 | 6;
  /** The range's first address; host bits are zero. */
  readonly base: bigint;
  readonly prefixLength: number;
}

const privateRanges = ranges(specialIpv4Ranges.private);
const cgnatRanges = ranges(specialIpv4Ranges.carrier);
const unusableRanges = ranges(specialIpv4Ranges.unusable);
const specialRanges = ranges(Object.values(specialIpv4Ranges).flat());
const specialIpv6 = ranges(specialIpv6Ranges);
const unusableIpv6 = ranges(unusableIpv6Ranges);
const globalIpv6 = ranges([globalIpv6Range]);

/** A dotted quad in canonical text, or null. Leading zeros are refused: some readers take them for octal. */
export function parseIpv4(text: string): Ipv4 | null {
  return parseIpv4Value(text) === null ? null : (text as Ipv4);
}

/** An IPv6 address in any usual form, as canonical text, or null. One that only holds an IPv4 address is none, and neither is one with a zone. */
export function parseIpv6(text: string): Ipv6 | null {
  const address = text.includes('%') ? null : parseIp(text);
  return address?.family === 6 ? (ipv6Text(address.value) as Ipv6) : null;
}

/** The type of the record that holds such an address. */
export function recordTypeOf(address: Ipv4 | Ipv6): RecordType {
  return address.includes(':') ? 'AAAA' : 'A';
}

/** Whether the address is private (RFC 1918). */
export function isPrivateIpv4(address: Ipv4): boolean {
  return isIn(privateRanges, address);
}

/** Whether the address is shared space behind a carrier's NAT (RFC 6598). */
export function isCgnatIpv4(address: Ipv4): boolean {
  return isIn(cgnatRanges, address);
}

/** Whether a record may hold the address at all: unicast, private and loopback included, since labs and inner zones use them. */
export function isUnicastIpv4(address: Ipv4): boolean {
  return !isIn(unusableRanges, address);
}

/** Whether clients elsewhere can reach the address: what an agent reports is kept only then; a person may set any unicast one. */
export function isPublicIpv4(address: Ipv4): boolean {
  return !isIn(specialRanges, address);
}

/** Whether a record may hold the address at all: unicast with a meaning beyond one link, unique local and loopback included. */
export function isUnicastIpv6(address: Ipv6): boolean {
  return !isIn(unusableIpv6, address);
}

/** Whether clients elsewhere can reach the address: what an agent reports is kept only then; a person may set any unicast one. */
export function isPublicIpv6(address: Ipv6): boolean {
  return isIn(globalIpv6, address) && !isIn(specialIpv6, address);
}

/** An allowed egress entry, `198.51.100.7` or `2001:db8::/48` (R36); null when it is neither. Host bits are cleared. */
export function parseEgressEntry(text: string): EgressRange | null {
  const [addressText = '', prefixText, ...rest] = text.trim().split('/');
  const address = parseIp(addressText);
  if (address === null || rest.length > 0) return null;
  const bits = addressBits[address.family];
  const prefixLength = prefixText === undefined ? bits : parsePrefix(prefixText, address, addressText);
  if (prefixLength === null) return null;
  const hostBits = BigInt(bits - prefixLength);
  return { family: address.family, base: (address.value >> hostBits) << hostBits, prefixLength };
}

/** Whether the peer's address is allowed by any of the entries (R36). An entry that cannot be read allows nobody. */
export function egressAllows(entries: readonly string[], peer: string): boolean {
  const address = parseIp(peer);
  if (address === null) return false;
  return entries.some((entry) => {
    const range = parseEgressEntry(entry);
    return range !== null && contains(range, address);
  });
}

/** A mapped range (`::ffff:198.51.100.0/120`) counts its prefix in IPv6 bits. */
function parsePrefix(text: string, address: IpAddress, addressText: string): number | null {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return null;
  const isMapped = address.family === 4 && addressText.includes(':');
  const length = Number(text) - (isMapped ? 96 : 0);
  return length >= 0 && length <= addressBits[address.family] ? length : null;
}

function contains(range: EgressRange, address: IpAddress): boolean {
  const hostBits = BigInt(addressBits[range.family] - range.prefixLength);
  return address.family === range.family && address.value >> hostBits === range.base >> hostBits;
}

function isIn(known: readonly EgressRange[], text: Ipv4 | Ipv6): boolean {
  const address = parseIp(text);
  return address !== null && known.some((range) => contains(range, address));
}

function ranges(texts: readonly string[]): readonly EgressRange[] {
  return texts.map((text) => parseEgressEntry(text)).filter((range) => range !== null);
}
