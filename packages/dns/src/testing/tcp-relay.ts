import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../transport/transport-error.ts';
import { decodeMessage } from '../wire/message.ts';
import { opcode, rrClass } from '../wire/registry.ts';

/** What the relay does with the next connections: pass both ways, deliver the request and lose the reply, or take the request and lose it. */
export type RelayMode = 'pass' | 'lose-reply' | 'lose-request';

/** A TCP relay in front of a name server that loses messages on purpose. */
export interface TcpRelay {
  readonly port: number;
  mode: RelayMode;
  /**
   * Changes that the server has confirmed, whether its reply was let through or lost, conditional or not. What deletes no more than single
   * values asks for rights (`probe.ts`; our writes replace or delete whole RRsets), what has no change asks whether a condition holds.
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
    void Promise.all([messageFrom(client), messageFrom(upstream)]).then(([request, reply]) => {
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

const lengthBytes = 2;
/** In a reply's header (RFC 1035 section 4.1.1). */
const rcodeAt = 3;
const noError = 0;

/** What a connection carries first, without its length (RFC 1035 section 4.2.2); never resolves where nothing whole comes. */
function messageFrom(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    let come = Buffer.alloc(0);
    const look = (chunk: Buffer) => {
      come = Buffer.concat([come, chunk]);
      if (come.length < lengthBytes) return;
      const end = lengthBytes + come.readUInt16BE();
      if (come.length < end) return;
      socket.off('data', look);
      resolve(come.subarray(lengthBytes, end));
    };
    socket.on('data', look);
  });
}

function isConfirmedWrite(request: Buffer, reply: Buffer): boolean {
  const asked = decodeMessage(request);
  const rcode = (reply[rcodeAt] ?? 0) % 16;
  if (asked.opcode !== opcode.update || rcode !== noError) return false;
  return asked.authority.some((change) => change.class !== rrClass.none); // an UPDATE's changes stand there
}
