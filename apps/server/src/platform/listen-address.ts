import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '@serverctl/core';
import type { HostPort } from '../config-values.ts';

/** Asks the kernel for the address and gives it back: a start that cannot succeed ends before it made anything. */
export async function assertListenable(listen: HostPort): Promise<void> {
  const server = createServer();
  try {
    server.listen({ ...listen, exclusive: true });
    await once(server, 'listening');
  } catch (cause) {
    throw listenAddressUnusable(listen, cause);
  }
  server.close();
  await once(server, 'close');
}

/** What the system said of the address, in words. */
export function listenAddressUnusable({ host, port }: HostPort, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const because = words[code] ?? `the system refused it (${code})`;
  return new AppError('listen_address_unusable', { address: host, port, because }, cause);
}

const words: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this host does not have that address',
  EACCES: 'this user may not use that port',
  ENOTFOUND: 'that host name does not resolve to an address',
};
