import type { Connection } from './network.ts';

/** Ways by who uses them. */
export interface Ways {
  /** From a host to a replica. */
  agent(host: string, replica: string): Connection;
  database(replica: string): Connection;
  provider(replica: string, account: number): Connection;
  nameServer(replica: string, server: string): Connection;
}
