import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  agentPaths,
  type EnrolRequest,
  type Heartbeat,
  type HeartbeatReply,
  type TokenRequest,
  tokenProofText,
} from '@serverctl/contract/agent';
import {
  enrolRequestSchema,
  heartbeatSchema,
  nonceRequestSchema,
  tokenRequestSchema,
} from '@serverctl/contract/agent-schemas';
import { schemaProblem } from './schema-check.ts';

/** What the fake answers instead of doing its part. `hang`: never. `drop`: the connection ends without a reply. */
export type Answer =
  | { readonly status: number; readonly code: string; readonly details?: object }
  | 'hang'
  | 'drop'
  | 'garbage';

const schemas: Readonly<Record<string, object>> = {
  [agentPaths.enrol]: enrolRequestSchema,
  [agentPaths.nonce]: nonceRequestSchema,
  [agentPaths.token]: tokenRequestSchema,
  [agentPaths.heartbeat]: heartbeatSchema,
};

/** A control plane on loopback as the contract has it: strict about requests, proves signatures, tells of each beat. */
export class FakePlane {
  /** What heartbeats are answered. */
  reply: HeartbeatReply = { role: 'standby', epoch: 1, units: [], intervalMs: 1_000, dropped: false };
  tokenSeconds = 900;
  secret = 'x'.repeat(43);
  readonly beats: Heartbeat[] = [];
  readonly tokenRequests: TokenRequest[] = [];
  readonly enrolments: EnrolRequest[] = [];
  readonly problems: string[] = [];
  /** Raw Ed25519 key, base64url; an enrolment sets it. */
  publicKey = '';
  url = '';
  /** What an enrolment is told as the control plane's addresses; null = its own. */
  toldUrls: readonly string[] | null = null;
  requestCount = 0;
  /** Connections that came to a request, TLS and all. */
  connectionCount = 0;
  readonly #server: Server;
  readonly #isSecure: boolean;
  readonly #answers = new Map<string, Answer[]>();
  readonly #always = new Map<string, Answer>();
  /** What the replicas of one control plane have in common. */
  readonly #shared: { readonly tokens: Set<string>; boot: number; counter: number };
  #waiting: (() => void)[] = [];

  constructor(replicaOf?: FakePlane, tls?: { readonly cert: string; readonly key: string }) {
    this.#shared = replicaOf === undefined ? { tokens: new Set(), boot: 0, counter: 0 } : replicaOf.#shared;
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#isSecure = tls !== undefined;
    this.#server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', () => {
      this.connectionCount += 1;
    });
  }

  async start(port = 0, host = '127.0.0.1'): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, host, resolve));
    this.url = `${this.#isSecure ? 'https' : 'http'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next request to this path gets that instead. */
  once(path: string, answer: Answer): void {
    this.#answers.set(path, [...(this.#answers.get(path) ?? []), answer]);
  }

  always(path: string, answer: Answer | null): void {
    if (answer === null) this.#always.delete(path);
    else this.#always.set(path, answer);
  }

  forgetTokens(): void {
    this.#shared.tokens.clear();
  }

  /** Resolves when the condition holds; looked at after each request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  untilBeats(count: number): Promise<void> {
    return this.until(() => this.beats.length >= count);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body: unknown = JSON.parse(text);
    const problem = schemaProblem(schemas[path] ?? {}, body);
    if (problem !== null) this.problems.push(`${path} ${problem}`);
    const answer = this.#answers.get(path)?.shift() ?? this.#always.get(path) ?? this.#carryOut(path, body, request);
    this.requestCount += 1;
    this.#send(response, answer);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #carryOut(path: string, body: unknown, request: IncomingMessage): Answer | object {
    this.#shared.counter += 1;
    if (path === agentPaths.nonce) return { nonce: `nonce-${this.#shared.counter}` };
    if (path === agentPaths.enrol) return this.#enrol(body as EnrolRequest);
    if (path === agentPaths.token) return this.#token(body as TokenRequest);
    if (path !== agentPaths.heartbeat) return { status: 404, code: 'route_not_found' };
    if (!this.#shared.tokens.has(request.headers.authorization ?? ''))
      return { status: 401, code: 'agent_token_invalid' };
    this.beats.push(body as Heartbeat);
    return this.reply;
  }

  #enrol(body: EnrolRequest): Answer | object {
    this.enrolments.push(body);
    if (body.secret !== this.secret) return { status: 401, code: 'enrolment_secret_invalid' };
    this.publicKey = body.publicKey;
    return { memberId: 'm-1', poolName: 'edge', urls: this.toldUrls ?? [this.url] };
  }

  #token(body: TokenRequest): Answer | object {
    this.tokenRequests.push(body);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: this.publicKey }, format: 'jwk' });
    const proof = Buffer.from(tokenProofText(body.nonce, body.memberId, body.boot));
    if (!verify(null, proof, key, Buffer.from(body.signature, 'base64url'))) {
      return { status: 401, code: 'agent_signature_invalid' };
    }
    if (body.boot === null) this.#shared.boot += 1;
    const token = `token-${this.#shared.counter}`;
    this.#shared.tokens.add(`Bearer ${token}`);
    return { token, expiresInSeconds: this.tokenSeconds, boot: body.boot ?? this.#shared.boot };
  }

  #send(response: ServerResponse, answer: Answer | object): void {
    if (answer === 'hang') return;
    if (answer === 'drop') response.destroy();
    else if (answer === 'garbage') response.end('<html>');
    else if ('code' in answer && 'status' in answer) {
      response.statusCode = answer.status as number;
      const { code, details = {} } = answer as { readonly code: string; readonly details?: object };
      const error = { code, message: 'It was refused.', remedy: 'Do this.', details, requestId: 'r' };
      response.end(JSON.stringify({ error }));
    } else response.end(JSON.stringify(answer));
  }
}
