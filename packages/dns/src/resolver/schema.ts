/** Where the search for a zone's servers begins. */
export interface StartPoint {
  readonly address: string;
  /** Default 53. Another port is kept for every server found at the same address, so that labs need no privileges. */
  readonly port?: number;
}

/** Where a resolver begins, and whom it may ask. */
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
