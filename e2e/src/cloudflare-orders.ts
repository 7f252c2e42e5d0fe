import type { EmulatedRecord, EmulatedToken, Fault } from '../../packages/dns/src/testing/index.ts';

/*
 * What a scenario may ask of the emulated Cloudflare, which is a process of its own: one order a request, answered as JSON. `create`, `change`
 * and `remove` are a person's hand in the vendor's dashboard: outside of tokens, limits and faults.
 */

/** What a person may say of a record. */
export type RecordFields = Partial<Pick<EmulatedRecord, 'type' | 'name' | 'content' | 'ttl' | 'proxied' | 'comment'>>;

/** A fault that can be told to another process: none that carries a function. */
export type ToldFault = Exclude<Fault, { readonly until: unknown } | { readonly change: unknown }>;

/** Which requests a fault meets; `path` is a regular expression. */
export interface ToldPlan {
  readonly methods: readonly string[];
  readonly path?: string;
  /** `always` = until it is lifted. */
  readonly times: number | 'always';
}

export type CloudflareOrder =
  | { readonly do: 'records' }
  | { readonly do: 'exchanges'; readonly from: number }
  | { readonly do: 'create'; readonly fields: RecordFields }
  | { readonly do: 'change'; readonly id: string; readonly fields: RecordFields }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'token'; readonly value: string; readonly less: Partial<EmulatedToken> }
  | { readonly do: 'inject'; readonly fault: ToldFault; readonly plan: ToldPlan }
  | { readonly do: 'lift' };

/** One request that came, and the status it was answered with; null = it was not, or not yet. */
export interface SeenExchange {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number | null;
}

/** What the process is started with, in a file: it holds a key. */
export interface CloudflareSettings {
  /** Unix socket for orders: those are no part of any network. */
  readonly socket: string;
  readonly zone: string;
  readonly token: string;
  /** The name server of the zone, and a key that may change everything there. */
  readonly nameServer: { readonly address: string; readonly port: number };
  readonly key: { readonly name: string; readonly algorithm: string; readonly secret: string };
}

/** The one line it prints when it listens. */
export interface CloudflareListens {
  readonly apiBase: string;
  readonly zoneId: string;
}
