import type { RecordType } from './record.ts';

/** One address of one authoritative server. */
export interface AuthoritativeServer {
  /** The server's name in the zone's NS records. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** What one authoritative server said about one name. */
export interface AuthoritativeAnswer {
  /** The AA bit: the server answers from its own copy of the zone. */
  readonly authoritative: boolean;
  /** Sorted; empty when the server has none. */
  readonly addresses: readonly string[];
  /** Null without an address. */
  readonly ttlSeconds: number | null;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, … */
  readonly rcode: string;
}

/** How far one authoritative server is with a zone. */
export interface ZoneAnswer {
  /** The AA bit: it serves the zone. */
  readonly authoritative: boolean;
  /** Of its SOA; null when it gave none. An unsigned number of 32 bits. */
  readonly serial: number | null;
  readonly rcode: string;
}

/** Asks where clients ask (R24). */
export interface Resolver {
  /** The zone's servers by delegation. Throws `dns_zone_not_served` when none is found, `dns_unreachable` when nobody answers. */
  authoritativeServers(zone: string, signal: AbortSignal): Promise<readonly AuthoritativeServer[]>;
  /** One server's own answer. Throws `dns_unreachable` without one, `dns_reply_malformed` for one that cannot be read. */
  ask(server: AuthoritativeServer, name: string, type: RecordType, signal: AbortSignal): Promise<AuthoritativeAnswer>;
  /** One server's own SOA of the zone. Throws as `ask` does. Left out = serials cannot be asked for. */
  askZone?(server: AuthoritativeServer, zone: string, signal: AbortSignal): Promise<ZoneAnswer>;
}
