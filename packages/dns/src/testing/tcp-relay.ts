import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../transport/transport-error.ts';

/** What the relay does with the next connections: pass both ways, deliver the request and lose the reply, or take the request and lose it. */
export type RelayMode = 'pass' | 'lose-reply' | 'lose-request';

/** A TCP relay in front of a name server that loses messages on purpose. */
export interface TcpRelay {
  readonly port: number;
  mode: RelayMode;
  /** Resolves when the server has replied to a request whose reply is being lost. */
  lost(): Promise<void>;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1 and relays to `target`. A lost reply ends in silence: the connection stays open. */
export async function startTcpRelay(target: Endpoint): Promise<TcpRelay> {
  const open = new Set<Socket>();
  const losses: (() => void)[] = [];
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const { mode } = relay;
    if (mode === 'lose-request') {
      client.resume();
      client.once('data', () => losses.splice(0).map((tell) => tell()));
      return;
    }
    const upstream = connect({ host: target.address, port: target.port });
    keep(upstream);
    client.pipe(upstream);
    if (mode === 'pass') upstream.pipe(client);
    else upstream.once('data', () => losses.splice(0).map((tell) => tell()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const relay: TcpRelay = {
    port: bound === null || typeof bound === 'string' ? 0 : bound.port,
    mode: 'pass',
    lost: () => new Promise((resolve) => void losses.push(resolve)),
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}
