import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError, httpStatus } from '@serverctl/core';
import type { ConnectionError } from 'fastify';
import { endOfTurn } from '../../platform/end-of-turn.ts';
import { errorBody } from './errors.ts';
import { securityHeaders } from './security-headers.ts';

/*
 * What Node refuses before there is a request; the connection ends with it:
 *
 *   the other side is gone, or cannot be written to   nothing is said
 *   too slow, and nothing came at all                 nothing is said, unless it has come meanwhile: then it is read as ever
 *   too slow                                          408: whoever still wants it may ask again by another connection (RFC 9110, 15.5.9)
 *   headers too large, no HTTP                        422
 */

/** For `clientError` of Node's server. */
export function answerConnectionError(requestId: () => string): (error: ConnectionError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    if (error.code === tooSlow && socket.bytesRead === 0) return void endUnlessUsed(socket);
    const known =
      error.code === tooSlow
        ? new AppError('request_late')
        : new AppError('request_invalid', { fields: [connectionWords[error.code] ?? 'request: is not HTTP/1.1'] });
    const body = JSON.stringify(errorBody(known, requestId()));
    const status = httpStatus[known.category];
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `${headerLines}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  };
}

/**
 * Browsers connect ahead, and ask on it later. Where this process stood still, Node may look at its clock before it reads what came
 * meanwhile: that is not the other side's slowness. What is read gets its time from its first byte, so nobody holds a connection by this.
 */
async function endUnlessUsed(socket: Socket): Promise<void> {
  await endOfTurn();
  if (socket.bytesRead === 0) socket.destroy();
}

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT';

const headerLines = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

const connectionWords: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: `header: all of them and the address must fit into ${maxHeaderSize} bytes`,
};
