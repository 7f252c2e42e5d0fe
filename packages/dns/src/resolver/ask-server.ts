import { AppError } from '@serverctl/core';
import { exchange } from '../transport/exchange.ts';
import { type Endpoint, TransportError } from '../transport/transport-error.ts';
import { encodeMessage, type Flags, type Message, plainFlags } from '../wire/message.ts';
import { opcode, rrClass } from '../wire/registry.ts';
import { WireError } from '../wire/wire-error.ts';

/** Asks one server one question. Throws `outbound_forbidden`, `dns_unreachable` or `dns_reply_malformed`. */
export type AskServer = (endpoint: Endpoint, name: string, type: number, signal: AbortSignal) => Promise<Message>;

/** Over UDP, and over TCP what does not fit (RFC 7766 section 5). Without other `flags` never for recursion. */
export function createAskServer(
  randomId: () => number,
  mayAsk: (address: string, port: number) => boolean = () => true,
  flags: Flags = plainFlags,
): AskServer {
  return async (endpoint, name, type, signal) => {
    const server = `${endpoint.address}:${endpoint.port}`;
    if (!mayAsk(endpoint.address, endpoint.port)) throw new AppError('outbound_forbidden', { server });
    const request = () => question(randomId() & 0xffff, name, type, flags);
    try {
      const reply = await ask(endpoint, 'udp', request(), signal);
      return reply.flags.truncated ? await ask(endpoint, 'tcp', request(), signal) : reply;
    } catch (error) {
      if (error instanceof TransportError) {
        throw new AppError('dns_unreachable', { server, because: error.because }, error);
      }
      if (error instanceof WireError)
        throw new AppError('dns_reply_malformed', { server, because: error.message }, error);
      throw error;
    }
  };
}

async function ask(
  endpoint: Endpoint,
  transport: 'udp' | 'tcp',
  request: Message,
  signal: AbortSignal,
): Promise<Message> {
  return (await exchange(endpoint, transport, request, encodeMessage(request), signal)).message;
}

function question(id: number, name: string, type: number, flags: Flags): Message {
  const questions = [{ name, type, class: rrClass.in }];
  return {
    id,
    opcode: opcode.query,
    rcode: 0,
    flags,
    questions,
    answers: [],
    authority: [],
    additional: [],
  };
}
