import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import {
  type Fault,
  FaultList,
  type FaultPlan,
  makeCertificate,
  meetFaults,
  type Prepared,
  type TestCertificate,
} from '@serverctl/dns/testing';
import { type EmulatedToken, Gate, type Service } from './access.ts';
import { type Arrival, createPeer, type Peer, type PeerInlet, type Serve } from './cluster.ts';
import { openPort } from './port.ts';
import { wrongReplies } from './replies.ts';
import { type Incoming, type Panel, route } from './routes.ts';
import { changeSince, EmulatedZone } from './zone.ts';

/** A request as it came and what it was answered; null while, or because, it is not. */
export interface Exchange {
  readonly service: Service;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Of the query and of a form in the body. */
  readonly parameters: URLSearchParams;
  reply: Prepared | null;
}

/** What is not the default. */
export interface CpanelOptions {
  /** Milliseconds since 1970: what a serial's date and a lock-out go by. Default: the machine's. */
  readonly now?: () => number;
  /** What `delay` and `late`, and changes on their way to peers, wait by. Default: the machine's. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Default: for `server.panel.test`, so that neither its name nor its issuer is one to trust. */
  readonly certificate?: TestCertificate;
  /** UAPI's envelope stands below `result`. */
  readonly isWrapped?: boolean;
}

/** A server with cPanel and WHM, as far as zones go, on loopback: one state, two ports. */
export interface CpanelEmulator {
  /** `https://127.0.0.1:PORT` of each API. */
  readonly bases: Readonly<Record<Service, string>>;
  readonly certificate: TestCertificate;
  readonly exchanges: readonly Exchange[];
  /** Serial by default 2026110100. */
  addZone(name: string, serial?: number): EmulatedZone;
  /** One that may do all with all zones, but for what is said otherwise. Returns the header that shows it. */
  addToken(token: Pick<EmulatedToken, 'service' | 'user' | 'value'> & Partial<EmulatedToken>): string;
  /** A name server of the cluster: it gets each change from now on. The server itself is one that is `at-once`. */
  addPeer(serve: Serve, arrival?: Arrival): Peer;
  /** Lets the next requests meet a fault. Returns what lifts it. The path that a plan looks at has no query. */
  inject(fault: Fault, plan?: FaultPlan): () => void;
  /** A change by somebody else: outside of tokens and faults; peers get it. */
  change(zone: EmulatedZone, act: () => void): Promise<void>;
  /** Refuses connections until what it returns is called. */
  unreachable(): Promise<() => Promise<void>>;
  /** Resolves when a request has met `silence` or `close`. */
  lost(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on free ports. */
export async function startCpanelEmulator(options: CpanelOptions = {}): Promise<CpanelEmulator> {
  const sleep = options.sleep ?? ((ms: number) => after(ms, undefined, { ref: false }));
  const zones = new Map<string, EmulatedZone>();
  const gate = new Gate();
  const faults = new FaultList();
  const peers: PeerInlet[] = [];
  const certificate = options.certificate ?? makeCertificate();
  const change = async (zone: EmulatedZone, act: () => void) => {
    const before = zone.records();
    act();
    const changed = changeSince(before, zone);
    if (changed.names.length > 0) await Promise.all(peers.map((peer) => peer.tell(changed)));
  };
  const desk = createDesk({ ...options, sleep, zones, gate, faults, change });
  const [cpanel, whm] = await Promise.all([
    openPort(certificate, desk.serve('cpanel')),
    openPort(certificate, desk.serve('whm')),
  ]);
  const shut = () => Promise.all([cpanel.shut(), whm.shut()]);
  return {
    ...{ certificate, exchanges: desk.exchanges, change },
    bases: { cpanel: cpanel.base, whm: whm.base },
    addZone(name, serial = 2_026_110_100) {
      const zone = new EmulatedZone(name, serial);
      zones.set(name, zone);
      return zone;
    },
    addToken(token) {
      gate.add({ ...openToken, ...token });
      return `${token.service} ${token.user}:${token.value}`;
    },
    addPeer(serve, arrival = 'at-once') {
      const peer = createPeer(serve, arrival, sleep);
      peers.push(peer);
      return peer;
    },
    inject: (fault, plan) => faults.add(fault, plan),
    async unreachable() {
      await shut();
      return async () => void (await Promise.all([cpanel.open(), whm.open()]));
    },
    lost: () => new Promise((resolve) => void desk.losses.push(resolve)),
    async stop() {
      for (const peer of peers) peer.stop();
      await shut();
    },
  };
}

const openToken = { status: 'active', rights: ['dns', 'list'], zones: null, addresses: null, refusedBy: 200 } as const;

interface DeskOptions extends CpanelOptions {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly zones: ReadonlyMap<string, EmulatedZone>;
  readonly gate: Gate;
  readonly faults: FaultList;
  readonly change: CpanelEmulator['change'];
}

/** Where requests come in. */
function createDesk({ now = Date.now, isWrapped = false, sleep, zones, gate, faults, change }: DeskOptions) {
  const exchanges: Exchange[] = [];
  const losses: (() => void)[] = [];
  let lockedUntil = 0;
  const locked = () => wrongReplies.page(403);
  const panel: Panel = { zones, gate, isWrapped, firstOfDay: () => firstOfDay(now()) };

  async function carryOut(incoming: Incoming): Promise<Prepared> {
    let reply = locked();
    const zone = zones.get(incoming.parameters.get('zone')?.toLowerCase() ?? '');
    const act = () => {
      reply = route(incoming, panel);
    };
    if (zone === undefined) act();
    else await change(zone, act);
    return reply;
  }

  const serve = (service: Service) => async (request: IncomingMessage, response: ServerResponse) => {
    const incoming = await takeApart(service, request);
    const { path, parameters } = incoming;
    const exchange: Exchange = { service, method: request.method ?? '', path, parameters, reply: null };
    exchanges.push(exchange);
    const trip = {
      ...{ act: () => carryOut(incoming), sleep },
      gone: new Promise((resolve) => response.once('close', resolve)),
      lockOut(seconds: number) {
        lockedUntil = now() + seconds * 1000;
        return locked();
      },
    };
    const isLocked = now() < lockedUntil;
    const reply = isLocked ? locked() : await meetFaults(faults.take(exchange.method, path), trip);
    if (reply === 'silence' || reply === 'close') {
      if (reply === 'close') request.socket.destroy();
      for (const resolve of losses.splice(0)) resolve();
      return;
    }
    exchange.reply = reply;
    response.writeHead(reply.status, reply.headers).end(reply.text);
  };
  return { serve, exchanges, losses };
}

/** The serial of a day's first change. That a new day is jumped to is how such serials are made elsewhere; it was not recorded. */
function firstOfDay(now: number): number {
  return Number(`${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}00`);
}

async function takeApart(service: Service, request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const form = isForm ? Buffer.concat(chunks).toString('utf8') : '';
  const url = new URL(request.url ?? '', 'https://emulated');
  return {
    ...{ service, path: url.pathname, authorization: request.headers.authorization },
    parameters: new URLSearchParams([...url.searchParams, ...new URLSearchParams(form)]),
    address: request.socket.remoteAddress ?? '',
  };
}
