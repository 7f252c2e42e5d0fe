import { listOf, type MemberField, type MemberForm } from './member-form.ts';

/*
 * What the server would refuse of a member's form for its shape alone, all of it at once and before a proof is asked for. No rule of its own:
 * only what is surely none is told here, and the server judges the rest (a usable address, a name that is taken).
 */
export function faultsIn(form: MemberForm): ReadonlyMap<MemberField, string> {
  const faults = new Map<MemberField, string>();
  const { hostname, egress, ipv4, ipv6, priority, zone, units } = form;
  const note = (field: MemberField, value: string | undefined, words: string) => {
    if (value !== undefined) faults.set(field, value === '' ? words : `${value}: ${words}`);
  };
  const unless = (holds: boolean, value: string) => (holds ? undefined : value.trim());
  note(
    'hostname',
    unless(isHostname(hostname.trim()), hostname),
    'Not a full hostname. Give one such as lb1.example.com.',
  );
  const noRange = listOf(egress).find((entry) => !isRange(entry));
  note('egress', noRange, 'Neither an address nor a CIDR range. Write 198.51.100.7 or 2001:db8::/48.');
  note(
    'ipv4',
    unless(isEmpty(ipv4) || isIpv4(ipv4.trim()), ipv4),
    'Not an IPv4 address. Give one such as 198.51.100.7.',
  );
  note(
    'ipv6',
    unless(isEmpty(ipv6) || isIpv6(ipv6.trim()), ipv6),
    'Not an IPv6 address. Give one such as 2001:db8::7.',
  );
  note('priority', unless(isWithin(priority.trim(), 1, 9_999), priority), 'Choose a whole number from 1 to 9999.');
  const isZone = isEmpty(zone) || /^[a-z0-9._-]{1,64}$/i.test(zone.trim());
  note('zone', unless(isZone, zone), 'Write letters, digits, dots, hyphens and underscores, at most 64.');
  const noUnit = listOf(units).find((unit) => !/^[^/\s-][^/\s]*\.service$/.test(unit));
  note('units', noUnit, 'Write names like haproxy.service or haproxy@edge.service.');
  return faults;
}

const isEmpty = (text: string): boolean => text.trim() === '';

const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

function isHostname(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return labels.length > 1 && labels.every((label) => hostLabel.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

const isWithin = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d*)$/.test(part) && Number(part) <= 255);
}

/** The platform's own parser of addresses is asked: what a URL may have as its host. */
const isIpv6 = (text: string): boolean =>
  /^[\da-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]`);

function isRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIpv4(address) ? 32 : 128;
  const isAddress = bits === 32 || isIpv6(address);
  return isAddress && rest.length === 0 && (prefix === undefined || isWithin(prefix, 0, bits));
}
