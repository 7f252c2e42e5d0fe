import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { DbusFailure } from './failure.ts';

const authenticationTimeoutMs = 2_000;
const longestLine = 16_384;

/**
 * SASL EXTERNAL (specification, "Authentication Protocol"): we name our user, and the bus compares it with what the
 * kernel says of the socket's other end. Gives the bytes that came after the bus's answer. Rejects with DbusFailure,
 * and the socket is destroyed then.
 */
export function authenticate(socket: Socket, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const cancelTimeout = clock.after(authenticationTimeoutMs, () => fail('timeout', 'the bus did not greet us'));
    const settle = () => {
      cancelTimeout();
      socket.off('error', onError).off('close', onClose).off('connect', greet).off('data', receive);
    };
    const fail = (name: string, why: string) => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(new DbusFailure(name, why));
    };
    const onError = (error: Error) => fail('closed', error.message);
    const onClose = () => fail('closed', 'the bus closed the connection while we greeted it');
    const greet = () => {
      const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
      socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
    };
    const receive = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n');
      if (end < 0) {
        if (received.length > longestLine) fail('refused', 'the bus greeted us without end');
        return;
      }
      const line = received.subarray(0, end).toString('latin1');
      if (!line.startsWith('OK ')) return fail('refused', `the bus did not accept us: ${line.slice(0, 80)}`);
      settle();
      socket.write('BEGIN\r\n');
      resolve(received.subarray(end + 2));
    };
    socket.on('error', onError).on('close', onClose).on('connect', greet).on('data', receive);
  });
}
