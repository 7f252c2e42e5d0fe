import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { freePort } from '@serverctl/lab';

/** What it carries, as HAProxy's stats socket would say it. */
export interface Carried {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly sessions: number;
  readonly sessionRate: number;
  readonly requestRate: number;
}

/** In HAProxy's place on a host that is a local process: answers HTTP with the host's name. Its connections are real, and counted. */
export interface StandIn {
  readonly port: number;
  open(): Promise<void>;
  /** Connections are refused from now on, those that are open are ended: as when HAProxy stops. */
  shut(): Promise<void>;
  /** Now, and for the rates since the last look. */
  look(): Carried;
}

/** Opens it on a free port of loopback. */
export async function startStandIn(name: string): Promise<StandIn> {
  const seen = { opened: 0, requests: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => {
    seen.requests += 1;
    response.end(`${name}\n`);
  });
  server.on('connection', (socket) => {
    seen.opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.unref(); // whoever is answered by it does not keep the demo from ending
  const port = await freePort('127.0.0.1');
  let openedAt = performance.now();
  let lookedAt = openedAt;
  const open = async () => {
    if (server.listening) return;
    openedAt = performance.now();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await open();
  return {
    port,
    open,
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    look() {
      const now = performance.now();
      const seconds = Math.max(1, (now - lookedAt) / 1000);
      const rates = {
        sessionRate: Math.round(seen.opened / seconds),
        requestRate: Math.round(seen.requests / seconds),
      };
      lookedAt = now;
      seen.opened = 0;
      seen.requests = 0;
      const sessions = [...sockets].filter(({ destroyed }) => !destroyed).length;
      const uptimeSeconds = Math.floor((now - openedAt) / 1000);
      return { version: 'stand-in (no HAProxy)', uptimeSeconds, sessions, ...rates };
    },
  };
}
