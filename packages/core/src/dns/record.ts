import type { InstanceId, PoolId, PromotionId } from '../ids.ts';

/** A lower-case absolute DNS name without the trailing dot. Made by `parseDnsName`. */
export type DnsName = string & { readonly __brand: 'DnsName' };
/** A canonical IPv4 address in text. Made by `parseIpv4`. */
export type Ipv4 = string & { readonly __brand: 'Ipv4' };
/** A canonical IPv6 address in text (RFC 5952). Made by `parseIpv6`. */
export type Ipv6 = string & { readonly __brand: 'Ipv6' };

/** The types of records that we write, one for each family of addresses. */
export const recordTypes = ['A', 'AAAA'] as const;
/** One of `recordTypes`. */
export type RecordType = (typeof recordTypes)[number];

/** One record that we may manage: a name in its zone. `name` is absolute, like `zone`, and may be the apex. */
export interface RecordRef {
  readonly zone: DnsName;
  readonly name: DnsName;
  readonly type: RecordType;
}

/** The ownership mark beside a managed record: `v=1 cp=<instance> pool=<id> epoch=<n> by=<promotion>` (R18, ADR 0018). */
export interface Mark {
  readonly instance: InstanceId;
  readonly pool: PoolId;
  readonly epoch: number;
  /** Whose epoch it is: two histories may count to the same number. Absent in the mark of a version that did not write it. */
  readonly promotion?: PromotionId;
}

/** The records of one name and type, with the TTL that they share, in seconds. */
export interface Rrset {
  /** As the provider holds them: one for a managed record, any number on a name that is not ours yet. Sorted. */
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** What the provider holds for one name and type right now. */
export interface RecordView {
  /** Null when there is no record of the type. */
  readonly rrset: Rrset | null;
  /** `none`: no mark. `unreadable`: a TXT is there that is no mark of version 1; treated as foreign. */
  readonly mark:
    | { readonly kind: 'ours' | 'foreign'; readonly mark: Mark }
    | { readonly kind: 'none' }
    | { readonly kind: 'unreadable'; readonly text: string };
  /** True when a CNAME stands at the name: nothing can be written beside it. */
  readonly cname: boolean;
  /** True where the provider answers with its edge’s addresses in place of these, and with a TTL of its own. Left out = no. */
  readonly proxied?: boolean;
  /** A person’s text where the mark belongs, kept in front of it (R18). Left out = none, or a place that is the mark’s alone. */
  readonly note?: string;
  /**
   * What becomes of that text with the next write where it leaves no room: `unmarked` = it stays, and no mark of ours is written; `in-part` =
   * several records’ texts are too long for one, and one of them stays. Left out = it stays whole, in front of our mark.
   */
  readonly noteStays?: 'unmarked' | 'in-part';
}

/** A write that cannot express an empty answer or two addresses (R20). */
export interface ReplaceRequest {
  readonly ref: RecordRef;
  /** What `read` returned just before; the write is conditional on it as near the server as the provider allows (R18). */
  readonly expected: RecordView;
  readonly next: {
    /** Of the family of `ref.type`. */
    readonly address: Ipv4 | Ipv6;
    readonly ttlSeconds: number;
    /** Left out = as it is, and not proxied where the record is new. */
    readonly proxied?: boolean;
  };
  readonly mark: Mark;
}

/** The one write that leaves a name without a record of a type: its AAAA goes, by the pool’s setting `drop`, and its A stays (R20). */
export interface WithdrawAaaa {
  readonly ref: RecordRef & { readonly type: 'AAAA' };
  readonly expected: RecordView;
  readonly mark: Mark;
}

/** Any write. */
export type WriteRequest = ReplaceRequest | WithdrawAaaa;

/** What came of a write that did not throw. */
export interface Replaced {
  /** `written`: the provider acknowledged our change. `already`: it held exactly this before. */
  readonly outcome: 'written' | 'already';
  /** `record-and-mark`: fenced on both. `value-only`: the credential has no right on the mark (R18). */
  readonly fencedBy: 'record-and-mark' | 'value-only';
}

/** What a credential may do in a zone, found out without a change. */
export interface ProbeReport {
  readonly canEdit: boolean;
  readonly canMark: boolean;
  readonly soaSerial: number | null;
  /** Clock skew of the server against ours in seconds, where it told us. */
  readonly skewSeconds: number | null;
}

/** What whoever calls for many names at once wants of the call, and is told meanwhile. */
export interface ZoneCallTerms<Asked, Got> {
  /** How many requests it may make, as told by `requestsFor` (R22). A name that there is none for was not asked: null. Left out = any number. */
  readonly requests?: number;
  /** Told of each name as soon as it is known what came of it, before the call is over. */
  settled?(asked: Asked, outcome: PromiseSettledResult<Got | null>): void;
}

/** The same for writes. */
export interface ZoneWriteTerms extends ZoneCallTerms<WriteRequest, Replaced> {
  /**
   * Asked right before each request that would carry the name: false = it does not go any more (R15, R16). Null then, or
   * `dns_rrset_drifted` where a request that carried it was refused by that. Left out = it does.
   */
  isWanted?(request: WriteRequest): boolean;
}

/**
 * Many names of one zone in few requests, for providers that can (R22). Neither ever rejects: each name has an outcome of its own, in the
 * order in which they were asked for, and a request that failed as a whole is the outcome of all that were in it. Null, which only comes by
 * the call's terms: nothing was read, or nothing was written of this name, beyond doubt; it may be asked for again at once. Where the look
 * before a write brings no reply that can be read, that is `dns_unreachable`: no write was sent.
 */
export interface ZoneCalls {
  /** How many names may go in one `write`. */
  readonly mostWrites: number;
  /**
   * How many names of this zone go in one call, by what is known of the zone now, where each of them is a request of its own. Left out, or
   * infinite = as many as there are, for hardly more requests than one.
   */
  mostTogether?(zone: DnsName): number;
  /**
   * How many requests a call for so many names of this zone usually is, by what is known of the zone now, for the budget; with those that
   * earlier calls made beyond what they had asked for. Left out = as for one (`DnsProvider.requestsPer`).
   */
  requestsFor?(names: number, zone: DnsName): { readonly read: number; readonly write: number };
  /** All of one zone. */
  read(
    refs: readonly RecordRef[],
    signal: AbortSignal,
    terms?: ZoneCallTerms<RecordRef, RecordView>,
  ): Promise<readonly PromiseSettledResult<RecordView | null>[]>;
  /** All of one zone, at most `mostWrites`. One that is refused holds no other one back. */
  write(
    requests: readonly WriteRequest[],
    signal: AbortSignal,
    terms?: ZoneWriteTerms,
  ): Promise<readonly PromiseSettledResult<Replaced | null>[]>;
}

/**
 * One DNS provider with one credential. Failures are `AppError`s of the `dns_*` family; `dns_outcome_unknown` means that the write may
 * or may not have happened: read before any retry (R19). Every call obeys its signal.
 */
export interface DnsProvider {
  /** Proves that the credential can edit `ref`, without changing anything (R23). */
  probe(ref: RecordRef, signal: AbortSignal): Promise<ProbeReport>;
  /** The provider's own view, never a cache. */
  read(ref: RecordRef, signal: AbortSignal): Promise<RecordView>;
  /** Idempotent; throws `dns_rrset_drifted` when `expected` no longer holds, having changed nothing. */
  replace(request: ReplaceRequest, signal: AbortSignal): Promise<Replaced>;
  /** As `replace`, and the name has no AAAA afterwards. */
  withdrawAaaa(request: WithdrawAaaa, signal: AbortSignal): Promise<Replaced>;
  /** Left out = one name at a time. */
  readonly zoneCalls?: ZoneCalls;
  /** A and AAAA of a name stand under one mark, so that a write of one changes what a write of the other is conditional on. Left out = no. */
  readonly sharesMark?: boolean;
  /** How many requests a call for one name usually is, for the budget (R22). Left out = one each. */
  readonly requestsPer?: { readonly read: number; readonly write: number };
  /** What a wished TTL comes to here, in seconds: its floor, its ceiling, and its own where the record is proxied. Left out = as wished. */
  effectiveTtl?(wishSeconds: number, proxied: boolean): number;
}
