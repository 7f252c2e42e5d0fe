import { X509Certificate } from 'node:crypto';
import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { AppError, type ErrorDetails, parseHostname } from '@serverctl/core';

/*
 * What the panel's certificate is held against. It is for the server's own name, often signed by the server itself or over, and rarely for
 * the customer's domain; none of that is a reason to believe anybody:
 *
 *   given         | believed
 *   nothing       | a chain to the authorities that the runtime knows, for the host that is asked
 *   ca            | a chain to one of these authorities and to no other one, for the host that is asked
 *   serverName    | for this name in the host's place, and it is asked for under it (SNI)
 *   pin           | this very certificate, whoever signed it, for whatever name and time: it was looked at by a person
 *
 * A connection is handed to a request once that is proven and never before, so that no byte of a token goes to anybody else.
 */
export interface CpanelTrust {
  /** One or more certificates of authorities, PEM. */
  readonly ca?: string;
  /** SHA-256 fingerprint of the server's certificate: 64 hexadecimal digits, with colons or without. */
  readonly pin?: string;
  readonly serverName?: string;
}

/** An agent's options. */
interface TrustedAgentOptions extends AgentOptions {
  /** How long the other side may be silent while a connection is made: 5 s (R40). */
  readonly silentMs?: number;
}

const longestSilenceMs = 5_000;

interface PreparedTrust {
  readonly ca: readonly string[] | null;
  /** Upper-case hexadecimal without colons. */
  readonly pin: string | null;
  readonly serverName: string | null;
}

/** The panel showed a certificate that proves nothing. */
class Untrusted extends Error {
  override readonly name = 'Untrusted';
  /** The runtime's code, or ours for another certificate than the pinned one. */
  readonly because: string;
  /** Of the certificate that was shown. */
  readonly sha256: string;

  constructor(because: string, sha256: string) {
    super(`the certificate proves nothing: ${because}`);
    this.because = because;
    this.sha256 = sha256;
  }
}

const notPinned = 'not-the-pinned-certificate';

/** The least that the panel's vendor has. */
export const oldestTls = 'TLSv1.2';

/** An agent whose connections all are proven so. Throws `dns_panel_trust_invalid` at once for what nothing can be held against. */
export function createTrustedAgent(trust: CpanelTrust, options: TrustedAgentOptions = {}): Agent {
  const { silentMs = longestSilenceMs, ...rest } = options;
  return new TrustedAgent(prepareTrust(trust), silentMs, rest);
}

/**
 * What was wrong with a certificate, somewhere in the chain of causes, and which one it was; null where that was not it. By code, never by
 * text; also where another agent than ours found it out, which tells no fingerprint.
 */
export function certificateProblem(error: unknown): ErrorDetails | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof Untrusted) return { because: cause.because, sha256: cause.sha256 };
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && certificateCodes.has(code)) return { because: code };
  }
  return null;
}

/** Why the runtime does not believe the other side of a connection that was made all the same; null = it does. */
export function whyNotBelieved(socket: TLSSocket): string | null {
  if (socket.authorized) return null;
  const why: unknown = socket.authorizationError; // a code, whatever its type says
  return typeof why === 'string' ? why : ((why as NodeJS.ErrnoException | null)?.code ?? 'CERT_UNTRUSTED');
}

/** In upper-case hexadecimal without colons. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '');
}

/** Throws `dns_panel_trust_invalid` with the field that is not usable. */
export function prepareTrust({ ca, pin, serverName }: CpanelTrust): PreparedTrust {
  return {
    ca: ca === undefined ? null : authoritiesIn(ca),
    pin: pin === undefined ? null : pinIn(pin),
    serverName: serverName === undefined ? null : nameIn(serverName),
  };
}

/** What Node says of a chain, a time or a name that proves nothing (its documentation of `tls`, X509 certificate error codes). */
const certificateCodes: ReadonlySet<string> = new Set([
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'CERT_REJECTED'],
  ...['CERT_REVOKED', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'CERT_CHAIN_TOO_LONG'],
]);

class TrustedAgent extends Agent {
  readonly #trust: PreparedTrust;
  readonly #silentMs: number;

  constructor(trust: PreparedTrust, silentMs: number, options: AgentOptions) {
    // Sessions are not resumed, so that each connection shows a certificate.
    super({ ...options, minVersion: oldestTls, maxCachedSessions: 0 });
    this.#trust = trust;
    this.#silentMs = silentMs;
  }

  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: TLSSocket) => void,
  ): undefined {
    const { pin } = this.#trust;
    const socket = connect({ ...options, ...tlsOptionsOf(this.#trust, options) });
    // A request that is given up does not end a connection that it has not got yet: it would count among the agent's for ever.
    const onSilence = () => socket.destroy(new Error('silent while the connection was made'));
    const settle = (error: Error | null) => {
      socket.off('error', settle).off('timeout', onSilence);
      socket.setTimeout(options.timeout ?? 0);
      callback?.(error, socket);
    };
    socket.setTimeout(this.#silentMs).once('timeout', onSilence);
    socket.once('error', settle);
    socket.once('secureConnect', () => {
      const refusal = refusalOf(socket, pin);
      if (refusal === null) settle(null);
      else socket.destroy(refusal);
    });
  }
}

/**
 * The runtime judges each chain, time and name, and is asked for its judgement before the connection is used: see createConnection. Would it
 * end connections itself, nobody could say any more which certificate was shown; and a pin stands in the place of all that it judges.
 */
function tlsOptionsOf({ ca, serverName }: PreparedTrust, { servername }: ConnectionOptions): ConnectionOptions {
  return {
    ...(ca !== null && { ca: [...ca] }),
    ...((serverName ?? servername) !== undefined && { servername: serverName ?? servername }),
    rejectUnauthorized: false,
  };
}

/** Null alone hands the connection on: for the pinned certificate, or, without a pin, for one that the runtime believes. */
function refusalOf(socket: TLSSocket, pin: string | null): Untrusted | null {
  const certificate = socket.getPeerX509Certificate();
  const shown = certificate === undefined ? '' : fingerprintOf(certificate);
  if (pin !== null) return shown === pin ? null : new Untrusted(notPinned, shown);
  const why = whyNotBelieved(socket);
  return why === null ? null : new Untrusted(why, shown);
}

function authoritiesIn(pem: string): readonly string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw invalid('ca', 'it holds no certificate in PEM form');
  try {
    return found.map((one) => new X509Certificate(one).toString());
  } catch (cause) {
    throw invalid('ca', 'a certificate in it is damaged', cause);
  }
}

function pinIn(text: string): string {
  const pin = text.replace(/[\s:]/g, '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(pin)) throw invalid('pin', 'it is no SHA-256 fingerprint in hexadecimal');
  return pin;
}

function nameIn(text: string): string {
  const name = isIP(text) === 0 ? parseHostname(text) : null;
  if (name === null) throw invalid('serverName', 'it is no full DNS name');
  return name;
}

function invalid(field: keyof CpanelTrust, because: string, cause?: unknown): AppError {
  return new AppError('dns_panel_trust_invalid', { field, because }, cause);
}
