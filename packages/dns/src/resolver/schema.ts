/** Where the search for a zone's servers begins. */
export interface StartPoint {
  readonly address: string;
  /** Default 53. Another port is kept for every server found at the same address, so that labs need no privileges. */
  readonly port?: number;
}

/** One address of one authoritative server. */
export interface AuthoritativeServer {
  /** The server's name in the zone's NS records. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** What one server said about one name. */
export interface ServerAnswer {
  /** The AA bit: the server answers from its own copy of the zone. */
  readonly authoritative: boolean;
  /** Sorted; empty when the server has none. */
  readonly addresses: readonly string[];
  /** Null without an address. */
  readonly ttlSeconds: number | null;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, … */
  readonly rcode: string;
}

export interface ResolverOptions {
  /** Default: the root servers. Tests and labs always give their own, so that no packet leaves them. */
  readonly startPoints?: readonly StartPoint[];
  /** Ports by address for servers that listen elsewhere than on 53 and are no start points (labs). */
  readonly ports?: Readonly<Record<string, number>>;
  /** A random number of 16 bits for each message (RFC 5452). */
  readonly randomId: () => number;
  /** Whether this address and port may be asked (R40). Default: every one. */
  readonly mayAsk?: (address: string, port: number) => boolean;
}

/** Asks where clients ask (R24). */
export interface Resolver {
  /** The zone's servers by delegation. Throws `dns_zone_not_served` when none is found, `dns_unreachable` when nobody answers. */
  authoritativeServers(zone: string, signal: AbortSignal): Promise<readonly AuthoritativeServer[]>;
  /** One server's own answer. Throws `dns_unreachable` without one, `dns_reply_malformed` for one that cannot be read. */
  ask(server: AuthoritativeServer, name: string, type: 'A', signal: AbortSignal): Promise<ServerAnswer>;
}
