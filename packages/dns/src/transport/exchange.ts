import { type DecodedMessage, decodeMessage, type Message } from '../wire/message.ts';
import { WireError } from '../wire/wire-error.ts';
import { exchangeTcp } from './tcp.ts';
import type { Endpoint } from './transport-error.ts';
import { exchangeUdp } from './udp.ts';

/** What carries a message. */
export type Transport = 'tcp' | 'udp';

/** A reply to what was asked, not proven yet. */
export interface Reply {
  /** As received: signatures are over bytes. */
  readonly bytes: Uint8Array;
  readonly message: DecodedMessage;
}

/**
 * Sends the bytes of `request` and resolves with the reply to it. Over UDP whatever is not its reply is ignored; over TCP it is a
 * `WireError`. Throws `TransportError` when no reply came.
 */
export async function exchange(
  endpoint: Endpoint,
  transport: Transport,
  request: Message,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Reply> {
  if (transport === 'udp') {
    const reply = await exchangeUdp(endpoint, bytes, (datagram) => isReply(request, datagram), signal);
    return { bytes: reply, message: decodeMessage(reply) };
  }
  const reply = await exchangeTcp(endpoint, bytes, signal);
  const message = decodeMessage(reply);
  if (!answers(request, message)) throw new WireError('a reply to something that was not asked');
  return { bytes: reply, message };
}

function isReply(request: Message, datagram: Uint8Array): boolean {
  try {
    return answers(request, decodeMessage(datagram));
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

/** Servers may leave the question out of errors and of replies to updates (RFC 2136 section 3.8); where it is, it is ours. */
function answers(request: Message, reply: Message): boolean {
  if (!reply.flags.response || reply.id !== request.id || reply.opcode !== request.opcode) return false;
  const asked = request.questions[0];
  const repeated = reply.questions[0];
  if (repeated === undefined || asked === undefined) return reply.questions.length === 0;
  return repeated.name === asked.name && repeated.type === asked.type && repeated.class === asked.class;
}
