import type { TestView } from '@serverctl/contract';
import {
  type InstanceId,
  type Ipv4,
  type Ipv6,
  isCgnatIpv4,
  isPrivateIpv4,
  isPublicIpv6,
  markName,
  type ProbeReport,
  type RecordRef,
  type RecordType,
  type RecordView,
} from '@serverctl/core';
import type { Joining } from './joining.ts';
import { noteSentence } from './note-words.ts';
import { oldTtlWarning } from './old-ttl.ts';

/** The name's record of the other type, as it stands. */
export interface OtherProxied {
  readonly type: RecordType;
  readonly proxied: boolean;
}

/** What a trial knows beside what it was told by provider and servers. */
export interface TryContext {
  /** The credential's kind of provider: where it keeps the mark. Left out, the texts speak of the mark alone. */
  readonly kind?: string;
  /** What is wished of the record; left out, nothing is. */
  readonly wish?: { readonly ttlSeconds: number; readonly proxied: boolean | null };
  /** The name's A and AAAA are tried one after the other with the same wish. Left out = this record alone. */
  readonly isWhole?: boolean;
  /** The pool that the name is to join. */
  readonly pool?: Joining;
  /** A person said yes to replacing what stands there, in a pool that writes at once. */
  readonly isTakenOver?: boolean;
}

/** What was found, for the warnings. */
export interface Found {
  readonly ref: RecordRef;
  readonly report: ProbeReport;
  readonly view: RecordView;
  readonly other: OtherProxied | null;
  readonly servers: TestView['servers'];
  readonly effectiveTtlSeconds: number | null;
  readonly instance: InstanceId;
}

/** BIND refuses from 300 s on; a warning well before leaves time to act. */
const skewWarnedFromSeconds = 60;

/** What a person should know before the name is managed, each with what it means. */
export function warningsOf(found: Found, context: TryContext): string[] {
  const { ref, view, effectiveTtlSeconds } = found;
  const warnings: readonly (string | false | null)[] = [
    view.cname && `A CNAME stands at ${ref.name}: no address record can be beside it.`,
    oldTtlWarning(view, effectiveTtlSeconds, context.pool, context.isTakenOver),
    ...ttlWarnings(found, context),
    ...ownershipWarnings(found, context),
    ...addressWarnings(found),
    ...serverWarnings(found),
    ...zoneWarnings(found, context),
  ];
  return warnings.filter((warning) => typeof warning === 'string');
}

/** Never a refusal: below the lowest the wish is raised, and a proxied name has the provider's own (PRODUCT.md section 4). */
function ttlWarnings(
  { ref, view, other, effectiveTtlSeconds }: Found,
  { wish }: TryContext,
): readonly (string | false)[] {
  if (wish === undefined || effectiveTtlSeconds === null) return [];
  const { proxied = false } = view;
  const willBe = wish.proxied ?? proxied;
  const change = view.rrset !== null && wish.proxied !== null && wish.proxied !== proxied;
  return [
    change &&
      `${ref.name} is ${proxied ? '' : 'not '}proxied now; what is wished ${willBe ? 'makes it proxied' : 'ends that'}.`,
    willBe &&
      `${ref.name} is proxied: its TTL does not apply, since the provider’s edge answers in the member’s place.`,
    other !== null &&
      other.proxied !== willBe &&
      `The ${ref.type} of ${ref.name} ${willBe ? 'will be' : 'will not be'} proxied, and its ${other.type} is ${other.proxied ? '' : 'not '}proxied: where one of the two is, the provider treats both so. Say the same of both.`,
    !willBe &&
      wish.ttlSeconds !== effectiveTtlSeconds &&
      `The wished TTL of ${wish.ttlSeconds} s comes to ${effectiveTtlSeconds} s at this provider.`,
  ];
}

function ownershipWarnings(
  { ref, report, view, instance }: Found,
  { kind, isTakenOver = false }: TryContext,
): readonly (string | false | null)[] {
  const { mark, noteStays } = view;
  const place = markPlaces.get(kind ?? '') ?? unknownPlace;
  return [
    view.rrset !== null &&
      mark.kind === 'none' &&
      (isTakenOver
        ? `${ref.name} stood there without a mark of ours: it is taken over, as you said.`
        : `${ref.name} exists without a mark of ours: the first publish asks before it manages it.`),
    mark.kind === 'foreign' &&
      `${ref.name} carries the mark of another control plane (${mark.mark.instance}; this one is ${instance}).`,
    mark.kind === 'unreadable' && place.unreadable(ref),
    noteSentence(view),
    // A note in the way has said so.
    !report.canMark && noteStays === undefined && `${place.noRoom(ref)}: writes are fenced by the record’s value only.`,
  ];
}

interface MarkPlace {
  unreadable(ref: RecordRef): string;
  noRoom(ref: RecordRef): string;
}

const besideInZone: MarkPlace = {
  unreadable: unreadableTxt,
  noRoom: (ref) => `The token may not write TXT ${markName(ref)}`,
};

/** Where each kind of provider keeps the mark, and what stands in its way there (R18). */
const markPlaces: ReadonlyMap<string, MarkPlace> = new Map([
  [
    'rfc2136',
    {
      unreadable: unreadableTxt,
      noRoom: (ref) => `The key may not write TXT ${markName(ref)}`,
    },
  ],
  ['cpanel', besideInZone],
  ['whm', besideInZone],
  [
    'cloudflare',
    {
      unreadable: (ref) => `The comment of the record ${ref.name} holds a mark that this release cannot read.`,
      noRoom: unmarkable,
    },
  ],
]);
const unknownPlace: MarkPlace = {
  unreadable: (ref) => `The mark of ${ref.name} is none that this release can read.`,
  noRoom: unmarkable,
};

function unreadableTxt(ref: RecordRef): string {
  return `The TXT record at ${markName(ref)} is no mark that this release can read.`;
}

function unmarkable({ name }: RecordRef): string {
  return `The mark of ${name} cannot be written`;
}

function addressWarnings({ ref, view }: Found): readonly (string | false)[] {
  const addresses = view.rrset?.addresses ?? [];
  const hidden = addresses.filter((address) => isHidden(ref, address));
  return [
    addresses.length > 1 && `${ref.name} holds ${addresses.length} addresses; it will hold exactly one.`,
    hidden.length > 0 && `${hidden.join(', ')} is a private address: clients outside your network cannot reach it.`,
  ];
}

function isHidden({ type }: RecordRef, address: string): boolean {
  if (type === 'AAAA') return !isPublicIpv6(address as Ipv6); // a provider's answer of type AAAA
  return isPrivateIpv4(address as Ipv4) || isCgnatIpv4(address as Ipv4); // and of type A
}

/** A proxied name is answered with the edge's addresses: a difference is no news there (R24). */
function serverWarnings({ report, view, servers }: Found): readonly (string | false)[] {
  const held = sorted(view.rrset?.addresses ?? []);
  const differing = servers.filter((one) => one.error === null && sorted(one.addresses) !== held);
  return [
    Math.abs(report.skewSeconds ?? 0) >= skewWarnedFromSeconds &&
      `The name server’s clock and ours are ${report.skewSeconds} s apart; TSIG fails from 300 s on.`,
    servers.every((one) => one.error !== null) && 'None of the zone’s authoritative name servers could be asked.',
    view.proxied !== true &&
      differing.length > 0 &&
      `Some authoritative name servers answer something else: ${differing.map((one) => one.server).join(', ')}.`,
  ];
}

/**
 * A panel says that it took a change, not that the others of its cluster have it: so each name server is told by itself (R24). Of RFC 2136
 * the serial proves nothing: the server that is written to may be a hidden primary, with numbers of its own behind which others never are.
 */
function zoneWarnings({ ref, report, servers }: Found, { kind }: TryContext): readonly (string | false)[] {
  const states = servers.map(({ zone }) => zone);
  const isKnown = states.length > 0 && states.every((state) => state !== undefined && state !== 'unknown');
  const ofPanel = kind === 'cpanel' || kind === 'whm';
  return [
    ...servers.map(
      ({ server, zone }) =>
        zone === 'not-served' &&
        `${server} does not serve ${ref.zone}, though the zone’s delegation names it: clients that ask it are not led here.`,
    ),
    ...servers.map(
      ({ server, serial, zone }) =>
        ofPanel &&
        zone === 'behind' &&
        `${server} is behind with ${ref.zone}: it has serial ${serial}, and the provider ${report.soaSerial}. A failover is seen there that much later.`,
    ),
    ofPanel &&
      isKnown &&
      !states.includes('same') &&
      `None of the name servers of ${ref.zone} has the zone as the panel has it: look whether what the panel writes is served to clients at all.`,
  ];
}

function sorted(addresses: readonly string[]): string {
  return [...addresses].sort().join();
}
