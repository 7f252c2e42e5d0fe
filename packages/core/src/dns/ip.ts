/** An IP address as a number. IPv4-mapped IPv6 (`::ffff:198.51.100.7`) is the IPv4 address it holds (R36). */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const octetPattern = /^(?:0|[1-9][0-9]{0,2})$/;
const groupPattern = /^[0-9a-f]{1,4}$/;
const mappedPrefix = 0xffffn;

/** Bits of an address of one family. */
export const addressBits = { 4: 32, 6: 128 } as const;

/** An IPv4 or IPv6 address in any usual text form, an IPv6 zone (`%eth0`) dropped; null when it is none. */
export function parseIp(text: string): IpAddress | null {
  const v4 = parseIpv4Value(text);
  if (v4 !== null) return { family: 4, value: v4 };
  const v6 = parseIpv6Value(text.replace(/%[0-9A-Za-z._-]+$/, '').toLowerCase());
  if (v6 === null) return null;
  return v6 >> 32n === mappedPrefix ? { family: 4, value: v6 & 0xffffffffn } : { family: 6, value: v6 };
}

/** The number of a dotted quad without leading zeros (RFC 6943 section 3.1.1 on why not); null when it is none. */
export function parseIpv4Value(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    if (!octetPattern.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

/** RFC 4291 section 2.2: eight groups, `::` once for at least one zero group, the last 32 bits optionally dotted. */
function parseIpv6Value(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  if (tail !== undefined && head.includes('.')) return null; // a dotted part stands at the end only
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...new Array<bigint>(missing).fill(0n), ...after];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): readonly bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const dotted = last.includes('.') ? parseIpv4Value(last) : null;
  if (last.includes('.') && dotted === null) return null;
  const plain = dotted === null ? parts : parts.slice(0, -1);
  if (!plain.every((part) => groupPattern.test(part))) return null;
  const groups = plain.map((part) => BigInt(`0x${part}`));
  return dotted === null ? groups : [...groups, dotted >> 16n, dotted & 0xffffn];
}

/** The canonical text of an IPv6 address (RFC 5952): lower case, no leading zeros, the first longest run of zero groups shortened. */
export function ipv6Text(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - index * 16)) & 0xffffn));
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}
