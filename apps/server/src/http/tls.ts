import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { TlsMaterial } from '../tls/material.ts';

type Shown = Pick<TlsMaterial, 'certificatePem' | 'keyPem'>;

/** For the server's start and for every certificate after it. TLS 1.2 is what curl on the oldest supported hosts speaks. */
export function secureOptions({ certificatePem, keyPem }: Shown) {
  return { cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' } as const;
}

/** Connections that come from now on see the new certificate; those that are open go on. */
export function showCertificate(app: FastifyInstance, shown: Shown): void {
  if (app.server instanceof TlsServer) app.server.setSecureContext(secureOptions(shown));
}

type ErrorHandler = (error: ConnectionError, socket: Socket) => void;

/**
 * A knock that never became TLS (plain HTTP, a port scan, a client that does not trust us) has no way to be answered inside TLS, and tells nothing
 * that would need a warning: the connection ends with a line at debug level.
 */
export function answerUnlessTls(log: FastifyBaseLogger, answer: ErrorHandler): ErrorHandler {
  return (error, socket) => {
    const code = String(error.code);
    if (!code.startsWith('ERR_SSL_') && !code.startsWith('ERR_TLS_')) return answer(error, socket);
    const plainHttp = code === 'ERR_SSL_HTTP_REQUEST';
    log.debug({ code, plainHttp, peer: socket.remoteAddress }, 'a connection never became TLS');
    socket.destroy();
  };
}
