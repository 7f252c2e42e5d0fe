import type { DnsName, ErrorCode, RecordType } from '@serverctl/core';
import { ipv6FromBytes, ipv6ToBytes } from '../wire/address.ts';

/** The types of record that a zone in memory can hold. */
export type MemoryType = RecordType | 'TXT' | 'CNAME';

/** One RRset: sorted values and one TTL (RFC 2181 section 5). An AAAA's are in canonical text (RFC 5952), however they were put. */
export interface MemoryRrset {
  readonly values: readonly string[];
  readonly ttlSeconds: number;
}

/** The provider call that a fault meets. */
export type MemoryVerb = 'probe' | 'read' | 'replace' | 'withdrawAaaa';

/**
 * What goes wrong with a call:
 * `fail` before anything happened; `lose-reply` after it took effect; `delay` until the promise is kept, then goes on; `drift` runs a
 * change by somebody else after the call was sent and before it is judged.
 */
export type MemoryFault =
  | { readonly kind: 'fail'; readonly code: ErrorCode }
  | { readonly kind: 'lose-reply'; readonly code?: ErrorCode }
  | { readonly kind: 'delay'; readonly until: Promise<unknown> }
  | { readonly kind: 'drift'; readonly change: (zone: MemoryZone) => void };

/** Which calls a fault meets, and how many. */
export interface FaultPlan {
  /** The verbs it meets; all when left out. */
  readonly verbs?: readonly MemoryVerb[];
  /** How many calls it meets, default 1; Infinity = until it is lifted. */
  readonly times?: number;
}

/** An authoritative zone in memory. Several providers may share one, like several control planes one name server. */
export interface MemoryZone {
  readonly name: DnsName;
  /** Rises by one with each change that is a change, like a SOA serial. */
  readonly serial: number;
  /** The RRset at a name, or null. */
  get(name: string, type: MemoryType): MemoryRrset | null;
  /** Replaces an RRset with the rights of somebody at the server; no values = removes it. Default TTL 60 s. */
  put(name: string, type: MemoryType, values: readonly string[], ttlSeconds?: number): void;
  /** Lets the next calls meet a fault. Returns what lifts it. */
  inject(fault: MemoryFault, plan?: FaultPlan): () => void;
  /** The faults that a call of this verb meets now, in the order injected; each is used up by one. */
  takeFaults(verb: MemoryVerb): MemoryFault[];
}

const defaultTtlSeconds = 60;
const allVerbs: readonly MemoryVerb[] = ['probe', 'read', 'replace', 'withdrawAaaa'];

/** An empty zone. */
export function createMemoryZone(name: DnsName): MemoryZone {
  const rrsets = new Map<string, MemoryRrset>();
  const faults = new Set<{ readonly fault: MemoryFault; readonly verbs: readonly MemoryVerb[]; left: number }>();
  let serial = 1;
  const key = (owner: string, type: MemoryType) => `${owner.toLowerCase()} ${type}`;

  return {
    name,
    get serial() {
      return serial;
    },
    get: (owner, type) => rrsets.get(key(owner, type)) ?? null,
    put(owner, type, values, ttlSeconds = defaultTtlSeconds) {
      const next = { values: [...new Set(values.map((value) => stored(type, value)))].sort(), ttlSeconds };
      if (sameRrset(rrsets.get(key(owner, type)), next)) return;
      if (next.values.length === 0) rrsets.delete(key(owner, type));
      else rrsets.set(key(owner, type), next);
      serial += 1;
    },
    inject(fault, plan = {}) {
      const entry = { fault, verbs: plan.verbs ?? allVerbs, left: plan.times ?? 1 };
      faults.add(entry);
      return () => void faults.delete(entry);
    },
    takeFaults(verb) {
      const met = [...faults].filter((entry) => entry.verbs.includes(verb));
      for (const entry of met) {
        entry.left -= 1;
        if (entry.left <= 0) faults.delete(entry);
      }
      return met.map((entry) => entry.fault);
    },
  };
}

/** A server stores bytes, not the spelling. Throws `WireError` for what no AAAA can hold. */
function stored(type: MemoryType, value: string): string {
  return type === 'AAAA' ? ipv6FromBytes(ipv6ToBytes(value)) : value;
}

function sameRrset(left: MemoryRrset | undefined, right: MemoryRrset): boolean {
  if (left === undefined) return right.values.length === 0;
  return left.ttlSeconds === right.ttlSeconds && left.values.join('\n') === right.values.join('\n');
}
