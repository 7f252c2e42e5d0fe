import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../transport/transport-error.ts';

/** What the relay does with the next connections: pass both ways, deliver the request and lose the reply, or take the request and lose it. */
export type RelayMode = 'pass' | 'lose-reply' | 'lose-request';

/** A TCP relay in front of a name server that loses messages on purpose. */
export interface TcpRelay {
  readonly port: number;
  mode: RelayMode;
  /**
   * Conditional changes that the server has confirmed, whether its reply was let through or lost. What has no condition asks for rights, what
   * has no change asks whether a condition holds.
   */
  readonly confirmedWrites: number;
  /** Resolves when the server has replied to a request whose reply is being lost. */
  lost(): Promise<void>;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1 and relays to `target`. A lost reply ends in silence: the connection stays open. */
export async function startTcpRelay(target: Endpoint): Promise<TcpRelay> {
  const open = new Set<Socket>();
  const losses: (() => void)[] = [];
  let confirmed = 0;
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
    void Promise.all([headFrom(client), headFrom(upstream)]).then(([request, reply]) => {
      if (isConfirmedWrite(request, reply)) confirmed += 1;
    });
    if (mode === 'pass') upstream.pipe(client);
    else upstream.once('data', () => losses.splice(0).map((tell) => tell()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const relay: TcpRelay = {
    port: bound === null || typeof bound === 'string' ? 0 : bound.port,
    mode: 'pass',
    get confirmedWrites() {
      return confirmed;
    },
    lost: () => new Promise((resolve) => void losses.push(resolve)),
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}

/** A message over TCP: its length, and the header as far as it matters (RFC 1035 section 4.1.1, RFC 2136 section 2.2). */
const at = { opcode: 4, rcode: 5, prerequisites: 8, changes: 10 } as const;
const headBytes = 12;
const update = 5;
const noError = 0;

/** The head of what a connection carries first; never resolves where nothing comes. */
function headFrom(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    let head = Buffer.alloc(0);
    const look = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      if (head.length < headBytes) return;
      socket.off('data', look);
      resolve(head);
    };
    socket.on('data', look);
  });
}

function isConfirmedWrite(request: Buffer, reply: Buffer): boolean {
  const isUpdate = ((request[at.opcode] ?? 0) >> 3) % 16 === update;
  const [conditions, changes] = [at.prerequisites, at.changes].map((place) => request.readUInt16BE(place));
  return isUpdate && conditions !== 0 && changes !== 0 && (reply[at.rcode] ?? 0) % 16 === noError;
}
