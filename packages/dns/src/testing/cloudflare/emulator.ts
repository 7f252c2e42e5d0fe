import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { type EmulatedToken, Gate, makeToken } from './access.ts';
import { ApiError, refusals } from './api-error.ts';
import { type CallCounts, type CallKind, callKindOf, countCalls } from './calls.ts';
import { type Fault, FaultList, type FaultPlan, type Prepared } from './faults.ts';
import { documentedLimit, type RateLimit, RateMeters } from './limits.ts';
import { meetFaults, type Trip } from './meet.ts';
import { type EmulatedZone, type Incoming, type Outcome, route } from './routes.ts';
import { makeId, type Plan, plans, ZoneRecords } from './zone.ts';

/** A request as it came and what it was answered; null while, or because, it is not. */
export interface Exchange {
  readonly method: string;
  /** Behind the prefix, with its query. */
  readonly path: string;
  readonly body: string;
  reply: Prepared | null;
}

/** What is not as documented, or not the default. */
export interface EmulatorOptions {
  readonly limit?: RateLimit;
  /** Milliseconds that only rise. */
  readonly now?: () => number;
  /** What `delay` and `late` wait by, for a clock of the test's own. Default: the machine's. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Called when names of a zone may have changed, and awaited before the reply: what serves the zone to clients. */
  readonly onChange?: (zone: EmulatedZone, names: readonly string[]) => Promise<void>;
}

/** Cloudflare's API, version 4, as far as DNS records go, on loopback. */
export interface CloudflareEmulator {
  /** The API's base, with its prefix. */
  readonly apiBase: string;
  readonly exchanges: readonly Exchange[];
  /** How many requests came so far, by kind. */
  calls(): CallCounts;
  addZone(name: string, plan?: Plan['name']): EmulatedZone;
  addToken(value: string, less?: Partial<EmulatedToken>): EmulatedToken;
  /** Lets the next requests meet a fault. Returns what lifts it. */
  inject(fault: Fault, plan?: FaultPlan): () => void;
  /** Refuses everything with 429 for so long. */
  lockOut(seconds: number): void;
  /** A change by somebody else with all rights: outside of tokens, limits and faults. */
  change(zone: EmulatedZone, names: readonly string[], act: () => void): Promise<void>;
  /** Resolves when a request has met `silence` or `close`. */
  lost(): Promise<void>;
  stop(): Promise<void>;
}

const prefix = '/client/v4';

/** Starts it on a free port. */
export async function startCloudflareEmulator(options: EmulatorOptions = {}): Promise<CloudflareEmulator> {
  const now = options.now ?? (() => performance.now());
  const sleep = options.sleep ?? ((ms: number) => after(ms, undefined, { ref: false }));
  const zones = new Map<string, EmulatedZone>();
  const gate = new Gate();
  const faults = new FaultList();
  const meters = new RateMeters(options.limit ?? documentedLimit, now);
  const exchanges: Exchange[] = [];
  const kinds: CallKind[] = [];
  const losses: (() => void)[] = [];
  const tell = async (zone: EmulatedZone, names: readonly string[]) => options.onChange?.(zone, names);

  async function carryOut(incoming: Incoming): Promise<Prepared> {
    const outcome = attempt(() => route(incoming, zones, gate));
    if (outcome instanceof ApiError) return failed(outcome);
    if (outcome.changed !== undefined) await tell(outcome.changed.zone, outcome.changed.names);
    return succeeded(outcome);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = (request.url ?? '').replace(prefix, '');
    const exchange: Exchange = { method: request.method ?? '', path, body, reply: null };
    exchanges.push(exchange);
    kinds.push(callKindOf(exchange.method, path));
    const { headers, waitSeconds } = meters.of(request.headers.authorization ?? '').count();
    const trip: Trip = {
      act: () => carryOut(takeApart(request, path, body)),
      sleep,
      gone: new Promise((resolve) => response.once('close', resolve)),
      lockOut(seconds) {
        meters.lockOut(seconds);
        const limited = failed(refusals.limited());
        return { ...limited, headers: { ...limited.headers, 'retry-after': `${seconds}` } };
      },
    };
    const reply =
      waitSeconds === null ? await meetFaults(faults.take(exchange.method, path), trip) : failed(refusals.limited());
    if (reply === 'silence' || reply === 'close') {
      if (reply === 'close') request.socket.destroy();
      for (const resolve of losses.splice(0)) resolve();
      return;
    }
    exchange.reply = reply;
    response.writeHead(reply.status, { ...headers, ...reply.headers }).end(reply.text);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = bound === null || typeof bound === 'string' ? 0 : bound.port;

  return {
    apiBase: `http://127.0.0.1:${port}${prefix}`,
    exchanges,
    calls: () => countCalls(kinds),
    addZone(name, plan = 'free') {
      const records = new ZoneRecords(name, plans[plan]);
      const zone: EmulatedZone = { id: makeId(), name, status: 'active', paused: false, records };
      zones.set(zone.id, zone);
      return zone;
    },
    addToken(value, less) {
      const token = makeToken(value, less);
      gate.tokens.set(value, token);
      return token;
    },
    inject: (fault, plan) => faults.add(fault, plan),
    lockOut: (seconds) => meters.lockOut(seconds),
    async change(zone, names, act) {
      act();
      await tell(zone, names);
    },
    lost: () => new Promise((resolve) => void losses.push(resolve)),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function attempt(act: () => Outcome): Outcome | ApiError {
  try {
    return act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function succeeded({ result, info, messages = [] }: Outcome): Prepared {
  const body = { success: true, errors: [], messages, result, ...(info && { result_info: info }) };
  return { status: 200, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}

function failed({ status, code, message, chain }: ApiError): Prepared {
  const errors = [{ code, message, ...(chain.length > 0 && { error_chain: chain }) }];
  const text = JSON.stringify({ success: false, errors, messages: [], result: null });
  return { status, headers: { 'content-type': 'application/json' }, text };
}

function takeApart(request: IncomingMessage, path: string, body: string): Incoming {
  const url = new URL(path, 'http://emulated');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    body: parseObject(body),
    authorization: request.headers.authorization,
    address: request.socket.remoteAddress ?? '',
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
