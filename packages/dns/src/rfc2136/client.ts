import { isIP } from 'node:net';
import { AppError } from '@serverctl/core';
import { exchange, type Reply, type Transport } from '../transport/exchange.ts';
import type { Endpoint } from '../transport/transport-error.ts';
import { encodeMessage, type Message, plainFlags, type ResourceRecord } from '../wire/message.ts';
import { opcode, rcodeName, rrClass, rrType } from '../wire/registry.ts';
import { badTimeSeconds, proveReply, signMessage, type TsigKey } from '../wire/tsig.ts';
import type { TsigData } from '../wire/tsig-data.ts';
import { exchangeError, type RequestKind, rcodeError, tsigError, unprovenError } from './errors.ts';
import { prepareKey, type Rfc2136Options } from './schema.ts';

/** The zone, prerequisites and changes of one atomic UPDATE (RFC 2136 section 2). */
export interface Update {
  readonly zone: string;
  readonly prerequisites: readonly ResourceRecord[];
  readonly changes: readonly ResourceRecord[];
}

/** A reply that was proven to be the server’s. */
export interface Answered {
  readonly rcode: string;
  readonly message: Message;
  /** The server's clock minus ours, in seconds. */
  readonly skewSeconds: number;
}

/** One name server and one key. Each failure is an `AppError`; without a believable reply a change is `dns_outcome_unknown` (R19). */
export interface Client {
  /** A signed query. Resolves with NOERROR and NXDOMAIN; throws an `AppError` for everything else. */
  query(name: string, type: number, signal: AbortSignal): Promise<Answered>;
  /** A signed UPDATE. Resolves once it is acknowledged; a failed prerequisite is `dns_rrset_drifted`. */
  update(update: Update, signal: AbortSignal): Promise<Answered>;
  /** The same for an UPDATE that changes nothing whatever happens to it: without a reply it is no open question. */
  rehearse(update: Update, signal: AbortSignal): Promise<Answered>;
}

interface Proven extends Answered {
  readonly code: number;
}

/** Speaks to one name server with one key; each call opens and closes connections of its own. Throws for a key that cannot be used. */
export function createClient(options: Rfc2136Options): Client {
  const key = prepareKey(options.key);
  const details = { server: `${options.host}:${options.port}`, key: key.name };
  const transports: Transport[] = options.transport === 'udp' ? ['udp', 'tcp'] : ['tcp'];

  /** A reply over UDP that proves nothing or is cut short is asked for again over TCP, once, under a new id. */
  async function send(kind: RequestKind, build: (id: number) => Message, signal: AbortSignal): Promise<Proven> {
    const endpoint = await locate(options, signal, kind);
    for (const transport of transports) {
      const nowSeconds = Math.floor(options.wallClock() / 1000);
      const request = build(options.randomId() & 0xffff);
      const signed = signMessage(encodeMessage(request), key, nowSeconds);
      const { reply, proof } = await attempt({ endpoint, transport, request, signed, key, kind, details }, signal);
      const { message } = reply;
      const isLast = transport === 'tcp';
      if (proof.kind === 'proven' && (isLast || kind === 'update' || !message.flags.truncated)) {
        return { ...judgeTime(proof.tsig, nowSeconds), rcode: rcodeName(message.rcode), code: message.rcode, message };
      }
      if (isLast) throw unprovenError(kind, message, proof, details);
    }
    throw new AppError('internal', details); // the last transport is always tcp
  }

  function judgeTime(tsig: TsigData, nowSeconds: number): { skewSeconds: number } {
    if (tsig.error !== tsigError.badTime) return { skewSeconds: tsig.timeSeconds - nowSeconds };
    const serverSeconds = badTimeSeconds(tsig);
    const skewSeconds = serverSeconds === null ? null : serverSeconds - nowSeconds;
    throw new AppError('dns_tsig_clock_skew', { ...details, skewSeconds, proven: true });
  }

  async function sendUpdate(kind: RequestKind, update: Update, signal: AbortSignal): Promise<Answered> {
    const answered = await send(kind, (id) => updateMessage(id, update), signal);
    if (answered.rcode !== 'NOERROR') throw rcodeError(answered.code, { ...details, zone: update.zone });
    return answered;
  }

  return {
    async query(name, type, signal) {
      const answered = await send('read', (id) => queryMessage(id, name, type), signal);
      if (answered.rcode !== 'NOERROR' && answered.rcode !== 'NXDOMAIN') throw rcodeError(answered.code, details);
      return answered;
    },
    update: (update, signal) => sendUpdate('update', update, signal),
    rehearse: (update, signal) => sendUpdate('read', update, signal),
  };
}

interface Attempt {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly request: Message;
  readonly signed: { readonly bytes: Uint8Array; readonly mac: Uint8Array };
  readonly key: TsigKey;
  readonly kind: RequestKind;
  readonly details: { readonly server: string; readonly key: string };
}

async function attempt(
  a: Attempt,
  signal: AbortSignal,
): Promise<{ reply: Reply; proof: ReturnType<typeof proveReply> }> {
  try {
    const reply = await exchange(a.endpoint, a.transport, a.request, a.signed.bytes, signal);
    return { reply, proof: proveReply(reply.bytes, reply.message, a.key, a.signed.mac) };
  } catch (error) {
    throw exchangeError(a.kind, error, a.details);
  }
}

/** The address to connect to, checked once for this call (R40). */
async function locate(options: Rfc2136Options, signal: AbortSignal, kind: RequestKind): Promise<Endpoint> {
  const { host, port, resolveHost } = options;
  const address = resolveHost === undefined ? host : await resolveHost(host, port, signal);
  if (isIP(address) === 0)
    throw new AppError('dns_unreachable', { server: `${host}:${port}`, because: 'no-address', kind });
  return { address, port };
}

const none = { answers: [], authority: [], additional: [] } as const;

function queryMessage(id: number, name: string, type: number): Message {
  const question = { name, type, class: rrClass.in };
  return { id, opcode: opcode.query, rcode: 0, flags: plainFlags, questions: [question], ...none };
}

function updateMessage(id: number, update: Update): Message {
  const zone = { name: update.zone, type: rrType.soa, class: rrClass.in };
  const sections = { answers: update.prerequisites, authority: update.changes, additional: [] };
  return { id, opcode: opcode.update, rcode: 0, flags: plainFlags, questions: [zone], ...sections };
}
