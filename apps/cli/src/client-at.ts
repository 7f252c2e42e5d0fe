import { hostname } from 'node:os';
import { type Client, type ClientOptions, createClient } from '@serverctl/contract';
import { release } from './release.ts';

/** A client that says which program on which host it is, so that its user knows one session from another. */
export function clientAt(url: string, token: string | null, more: Pick<ClientOptions, 'proveAnew'> = {}): Client {
  const host = hostname().replaceAll(/[^\w.-]+/g, '-');
  return createClient({ baseUrl: url, token, userAgent: `serverctl/${release()} (${host})`, ...more });
}
