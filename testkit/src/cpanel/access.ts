import { DoorShut, refusals } from './refusal.ts';

/** Which of the two APIs, each on a port of its own: the account's (UAPI) or the server's (WHM API 1). */
export type Service = 'cpanel' | 'whm';

/** What a token may do: read and edit zones, read them alone, or list them. */
export type Right = 'dns' | 'dns-read' | 'list';

/** A token of an account or of a reseller. */
export interface EmulatedToken {
  readonly service: Service;
  readonly user: string;
  readonly value: string;
  /** An expired token stays where it was. */
  readonly status: 'active' | 'expired';
  readonly rights: readonly Right[];
  /** Names of the zones that the user controls; null = all. */
  readonly zones: readonly string[] | null;
  /** HTTP's status of the envelope that says that a right is lacking. Which one it is was not recorded. */
  readonly refusedBy: 200 | 403;
  /** Addresses that it may be used from; null = all. */
  readonly addresses: readonly string[] | null;
}

/** What a request shows at the door. */
export interface Visitor {
  readonly service: Service;
  readonly authorization: string | undefined;
  readonly address: string;
}

/** Who may come in. */
export class Gate {
  readonly #tokens = new Set<EmulatedToken>();

  add(token: EmulatedToken): void {
    this.#tokens.add(token);
  }

  /** The token that is shown; a page for people where there is none, or where it is another service's. */
  admit({ service, authorization, address }: Visitor): EmulatedToken {
    const [, scheme, user, value] = /^(\S+) ([^:\s]+):(\S+)$/.exec(authorization ?? '') ?? [];
    const token = [...this.#tokens].find((one) => one.user === user && one.value === value && one.service === service);
    if (token === undefined || scheme !== service || token.status !== 'active') throw new DoorShut(403);
    if (token.addresses !== null && !token.addresses.includes(address)) throw new DoorShut(403);
    return token;
  }
}

/** Throws where the token has none of these rights. */
export function demand(token: EmulatedToken, ...rights: readonly Right[]): void {
  if (!rights.some((right) => token.rights.includes(right))) throw refusals.notAllowed(token.refusedBy);
}

/** Whether the token's user controls the zone. */
export function controls(token: EmulatedToken, zone: string): boolean {
  return token.zones === null || token.zones.includes(zone);
}
