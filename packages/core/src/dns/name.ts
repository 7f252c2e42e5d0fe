import type { DnsName, RecordRef } from './record.ts';

const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const hostLabelPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters of text. */
const longestName = 253;

/**
 * An absolute DNS name in lower case without the trailing dot, or null. At least two labels, letters, digits, hyphens and underscores,
 * the last label not all digits, so that no IPv4 address is a name. IDNA is the caller's: names come in their ASCII form.
 */
export function parseDnsName(text: string): DnsName | null {
  const labels = labelsOf(text);
  return labels !== null && labels.length >= 2 ? (labels.join('.') as DnsName) : null;
}

/** Like `parseDnsName`, but a zone may be a single label: `internal` is somebody's zone. */
export function parseZoneName(text: string): DnsName | null {
  const labels = labelsOf(text);
  return labels === null ? null : (labels.join('.') as DnsName);
}

/** A host's fully qualified name (RFC 1123 section 2.1): a DNS name without underscores. Null when it is none. */
export function parseHostname(text: string): DnsName | null {
  const name = parseDnsName(text);
  return name?.split('.').every((label) => hostLabelPattern.test(label)) === true ? name : null;
}

/** Whether `name` is the zone's apex or lies below it. */
export function isInZone(name: DnsName, zone: DnsName): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** Where the ownership mark of a record stands: `_serverctl.<name>`, which for the apex is `_serverctl.<zone>` (R18). */
export function markName(ref: Pick<RecordRef, 'name'>): DnsName {
  return `_serverctl.${ref.name}` as DnsName;
}

function labelsOf(text: string): readonly string[] | null {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (name.length === 0 || name.length > longestName) return null;
  const labels = name.split('.');
  const isNumeric = /^[0-9]+$/.test(labels.at(-1) ?? '');
  return !isNumeric && labels.every((label) => labelPattern.test(label)) ? labels : null;
}
