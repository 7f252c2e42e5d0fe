import type { InstanceId, PoolId, PromotionId } from '../ids.ts';

/** A lower-case absolute DNS name without the trailing dot. Made by `parseDnsName`. */
export type DnsName = string & { readonly __brand: 'DnsName' };
/** A canonical IPv4 address in text. Made by `parseIpv4`. */
export type Ipv4 = string & { readonly __brand: 'Ipv4' };

/** One record that we may manage: a name in its zone. `name` is absolute, like `zone`, and may be the apex. */
export interface RecordRef {
  readonly zone: DnsName;
  readonly name: DnsName;
  readonly type: 'A';
}

/** The ownership mark beside a managed record: `v=1 cp=<instance> pool=<id> epoch=<n> by=<promotion>` (R18, ADR 0018). */
export interface Mark {
  readonly instance: InstanceId;
  readonly pool: PoolId;
  readonly epoch: number;
  /** Whose epoch it is: two histories may count to the same number. Absent in the mark of a version that did not write it. */
  readonly promotion?: PromotionId;
}

/** The A records of one name, with the TTL that they share, in seconds. */
export interface Rrset {
  /** As the provider holds them: one for a managed record, any number on a name that is not ours yet. Sorted. */
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** What the provider holds for one name right now. */
export interface RecordView {
  /** Null when there is no A record. */
  readonly rrset: Rrset | null;
  /** `none`: no mark. `unreadable`: a TXT is there that is no mark of version 1; treated as foreign. */
  readonly mark:
    | { readonly kind: 'ours' | 'foreign'; readonly mark: Mark }
    | { readonly kind: 'none' }
    | { readonly kind: 'unreadable'; readonly text: string };
  /** True when a CNAME stands at the name: nothing can be written beside it. */
  readonly cname: boolean;
}

/** A write that cannot express an empty answer or two addresses (R20). */
export interface ReplaceRequest {
  readonly ref: RecordRef;
  /** What `read` returned just before; the write is conditional on it as near the server as the provider allows (R18). */
  readonly expected: RecordView;
  readonly next: { readonly address: Ipv4; readonly ttlSeconds: number };
  readonly mark: Mark;
}

/** What came of a `replace` that did not throw. */
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
}
