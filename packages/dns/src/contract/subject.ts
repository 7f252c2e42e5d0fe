import type { DnsName, DnsProvider, InstanceId, Ipv4, Mark, PoolId, RecordRef } from '@serverctl/core';

/** A credential that something is wrong with, or that may do less than all. */
export type CredentialKind = 'good' | 'value-only' | 'not-allowed' | 'wrong-secret' | 'unknown-key' | 'clock-skew';

/** What becomes of messages on the way: all pass, replies are lost after they took effect, or requests never arrive. */
export type PathKind = 'pass' | 'lose-reply' | 'lose-request';

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
  /** Replaces an RRset as somebody else would; no values = removes it. A CNAME's value is absolute, without the dot. */
  put(name: DnsName, type: 'A' | 'TXT' | 'CNAME', values: readonly string[], ttlSeconds?: number): Promise<void>;
  /** What a client is answered now, past the provider. */
  answer(name: DnsName): Promise<readonly string[]>;
  /** The zone's serial, past the provider. */
  serial(): Promise<number>;
  /**
   * Runs a call that loses its messages and ends it: by the caller's signal, once the message is lost. Without a signal of the
   * suite's own, since only the subject knows when that is.
   */
  losing<T>(path: PathKind, call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** What a provider can do at all. What it cannot is not asked of it. */
export interface Capabilities {
  /** A stale expectation is refused by the server itself, so that of any number of racing writers one wins (R18). */
  readonly comparesAndSets: boolean;
  /** Other credentials that the subject can open. */
  readonly credentials: readonly CredentialKind[];
  /** Knows its zones, and says so when asked about another. */
  readonly knowsZones: boolean;
  /** The subject can lose messages. */
  readonly losesMessages: boolean;
  /** Zones with wildcards. */
  readonly wildcards: boolean;
}

/** A provider that can do everything. */
export const allCapabilities: Capabilities = {
  comparesAndSets: true,
  credentials: ['value-only', 'not-allowed', 'wrong-secret', 'unknown-key', 'clock-skew'],
  knowsZones: true,
  losesMessages: true,
  wildcards: true,
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

/** The mark of the pool at that epoch, ours unless said otherwise. */
export function markOf(epoch: number, instance = us): Mark {
  return { instance, pool, epoch };
}

let names = 0;

/** A name that no other case uses. */
export function freshRef(subject: ContractSubject): RecordRef {
  names += 1;
  return { zone: subject.zone, name: `r${names}.${subject.zone}` as DnsName, type: 'A' };
}

/** Long enough for a local server; a case that needs it is a failure. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

/** Reads, then replaces on condition of what was read, as the publisher does. */
export async function move(provider: DnsProvider, ref: RecordRef, address: Ipv4, epoch: number, ttlSeconds = 30) {
  const expected = await provider.read(ref, soon());
  return provider.replace({ ref, expected, next: { address, ttlSeconds }, mark: markOf(epoch) }, soon());
}
