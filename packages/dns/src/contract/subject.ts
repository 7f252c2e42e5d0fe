import type {
  DnsName,
  DnsProvider,
  InstanceId,
  Ipv4,
  Ipv6,
  Mark,
  PoolId,
  RecordRef,
  RecordType,
  RecordView,
  Replaced,
  WithdrawAaaa,
} from '@serverctl/core';

/** A credential that something is wrong with, or that may do less than all. */
export type CredentialKind =
  | 'good'
  | 'value-only'
  | 'not-allowed'
  | 'wrong-secret'
  | 'unknown-key'
  | 'clock-skew'
  | 'wrong-token'
  | 'filtered-token'
  | 'scopeless-token';

/** What becomes of messages on the way: all pass, replies are lost after they took effect, or requests never arrive. */
export type PathKind = 'pass' | 'lose-reply' | 'lose-request';

/** What somebody else may change. */
export type PutType = RecordType | 'TXT' | 'CNAME';

/** What becomes of requests that look at all of a zone at once, where those for single names are answered. */
export type ListTrouble = 'slow' | 'refused' | 'failing';

/** One provider under test, in front of a zone that the suite may fill. */
export interface ContractSubject {
  readonly zone: DnsName;
  /** A name that the `value-only` credential may edit. */
  readonly valueOnlyName: DnsName;
  /** Opens the provider; each call may be another process as far as the provider knows. */
  open(options?: {
    readonly instance?: InstanceId;
    readonly credential?: CredentialKind;
    readonly path?: PathKind;
  }): DnsProvider;
  /**
   * Replaces an RRset as somebody else would; no values = removes it. A CNAME's value is absolute, without the dot. TXT at a mark's name is
   * what stands where the mark belongs, wherever that is: with every address record of the name where each has a mark of its own.
   */
  put(name: DnsName, type: PutType, values: readonly string[], ttlSeconds?: number): Promise<void>;
  /** What a client is answered now, past the provider. Default A. */
  answer(name: DnsName, type?: RecordType): Promise<readonly string[]>;
  /** The zone's serial, past the provider. */
  serial(): Promise<number>;
  /**
   * Runs a call that loses its messages and ends it: by the caller's signal, once the message is lost. Without a signal of the
   * suite's own, since only the subject knows when that is.
   */
  losing<T>(path: PathKind, call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Opens a provider whose lists meet that until lifted. `limit` is for one call each, and ends it where its list is `slow`. Left out = it
   * has no lists.
   */
  troubleLists?(trouble: ListTrouble): {
    readonly provider: DnsProvider;
    limit(): AbortSignal;
    lift(): void;
  };
  stop(): Promise<void>;
}

/** What a provider can do at all. What it cannot is not asked of it. */
export interface Capabilities {
  /** A stale expectation is refused by the server itself and not only by a look right before the write, so that of any number of racing writers one wins (R18). */
  readonly comparesAndSets: boolean;
  /** Other credentials that the subject can open. */
  readonly credentials: readonly CredentialKind[];
  /** Knows its zones, and says so when asked about another. */
  readonly knowsZones: boolean;
  /** The subject can lose messages. */
  readonly losesMessages: boolean;
  /** The mark has a place that holds nothing else. Where it shares one with a person's note, the note stays in front of it (R18). */
  readonly ownsMarkPlace: boolean;
  /** A and AAAA of a name stand under one mark, which stays when the AAAA goes. Where each has its own, it goes with its record. */
  readonly sharesMark: boolean;
  /** Zones with wildcards. */
  readonly wildcards: boolean;
  /** Many names of a zone in few requests (R22). */
  readonly zoneCalls: boolean;
}

/** A provider that can do everything that a name server can, with its credentials. */
export const allCapabilities: Capabilities = {
  comparesAndSets: true,
  credentials: ['value-only', 'not-allowed', 'wrong-secret', 'unknown-key', 'clock-skew'],
  knowsZones: true,
  losesMessages: true,
  ownsMarkPlace: true,
  sharesMark: true,
  wildcards: true,
  zoneCalls: false, // name servers have none: one name at a time
};

/** The subject as the cases see it: there once `beforeAll` ran. */
export type Subject = () => ContractSubject;

/** Whose marks are ours, and whose are foreign; the pool, and addresses of its members (RFC 5737). */
export const us = 'aaaaaaaaaaaa' as InstanceId;
export const them = 'bbbbbbbbbbbb' as InstanceId;
export const pool = 'pppppppppppp' as PoolId;
export const first = '192.0.2.1' as Ipv4;
export const second = '192.0.2.2' as Ipv4;
export const third = '192.0.2.3' as Ipv4;
/** The same members’ addresses of the other family (RFC 3849), as written to a provider. */
export const first6 = '2001:db8::1' as Ipv6;
export const second6 = '2001:db8::2' as Ipv6;
export const third6 = '2001:db8::3' as Ipv6;

/** The mark of the pool at that epoch, ours unless said otherwise. */
export function markOf(epoch: number, instance = us): Mark {
  return { instance, pool, epoch };
}

/** A view of an AAAA that stands without a mark: what a caller may believe that no provider has read. */
export const heldAaaa: RecordView = {
  rrset: { addresses: [first6], ttlSeconds: 30 },
  mark: { kind: 'none' },
  cname: false,
};

/** Addresses of one type of record. */
export interface Family {
  readonly type: RecordType;
  readonly first: Ipv4 | Ipv6;
  readonly second: Ipv4 | Ipv6;
  readonly third: Ipv4 | Ipv6;
}

/** What holds for one type of record holds for the other. */
export const families: readonly Family[] = [
  { type: 'A', first, second, third },
  { type: 'AAAA', first: first6, second: second6, third: third6 },
];

let names = 0;

/** A name that no other case uses. */
export function freshRef(subject: ContractSubject, type: RecordType = 'A'): RecordRef {
  names += 1;
  return { zone: subject.zone, name: `r${names}.${subject.zone}` as DnsName, type };
}

/** The AAAA beside the record. */
export function aaaaOf({ zone, name }: RecordRef): WithdrawAaaa['ref'] {
  return { zone, name, type: 'AAAA' };
}

/** Long enough for a local server; a case that needs it is a failure. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

/** Reads, then replaces on condition of what was read, as the publisher does. */
export async function move(
  provider: DnsProvider,
  ref: RecordRef,
  address: Ipv4 | Ipv6,
  epoch: number,
  ttlSeconds = 30,
): Promise<Replaced> {
  const expected = await provider.read(ref, soon());
  return provider.replace({ ref, expected, next: { address, ttlSeconds }, mark: markOf(epoch) }, soon());
}

/** Reads, then withdraws the name’s AAAA on condition of what was read, as the publisher does (R20). */
export async function withdraw(provider: DnsProvider, of: RecordRef, epoch: number): Promise<Replaced> {
  const ref = aaaaOf(of);
  const expected = await provider.read(ref, soon());
  return provider.withdrawAaaa({ ref, expected, mark: markOf(epoch) }, soon());
}
