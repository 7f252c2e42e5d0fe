import { refusals } from './api-error.ts';

/** A token and what it may do. */
export interface EmulatedToken {
  readonly value: string;
  readonly status: 'active' | 'disabled' | 'expired';
  /** Look zones up. */
  readonly zoneRead: boolean;
  readonly dnsRead: boolean;
  readonly dnsEdit: boolean;
  /** Names of the zones it is for; null = all. */
  readonly zones: readonly string[] | null;
  /** Addresses that it may be used from; null = all. */
  readonly addresses: readonly string[] | null;
}

/** A token that may do all that is needed, but for what is said otherwise. */
export function makeToken(value: string, less: Partial<EmulatedToken> = {}): EmulatedToken {
  const all = { status: 'active', zoneRead: true, dnsRead: true, dnsEdit: true, zones: null, addresses: null } as const;
  return { value, ...all, ...less };
}

/** What a request asks for. */
export type Right = 'verify' | 'zoneRead' | 'dnsRead' | 'dnsEdit';

const failuresBeforeLock = 20;

/** Who may come in: tokens, their rights and filters, and the lock after too many failures with one. */
export class Gate {
  readonly tokens = new Map<string, EmulatedToken>();
  readonly #failures = new Map<string, number>();

  /** Throws as the API refuses. The check of the token itself knows no address filter, as was seen. */
  admit(authorization: string | undefined, address: string, right: Right, zone: string | null): EmulatedToken {
    if (authorization === undefined) throw refusals.noToken();
    const value = /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization)?.[1];
    if (value === undefined) throw refusals.malformedToken();
    const token = this.tokens.get(value);
    if ((this.#failures.get(value) ?? 0) >= failuresBeforeLock) throw refusals.locked();
    if (token === undefined) throw this.#failed(value);
    if (right === 'verify') return token;
    if (token.addresses !== null && !token.addresses.includes(address)) throw refusals.elsewhere(address);
    if (token.status !== 'active') throw this.#failed(value);
    if (zone !== null && token.zones !== null && !token.zones.includes(zone)) throw refusals.noScopeForZone();
    if (!token[right]) throw refusals.noScope();
    return token;
  }

  #failed(value: string): Error {
    this.#failures.set(value, (this.#failures.get(value) ?? 0) + 1);
    return refusals.unknownToken();
  }
}
