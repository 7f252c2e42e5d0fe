import type { Socket } from 'node:net';
import { secondMs } from '@serverctl/core';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';

/** What is in flight may end by itself: a beat takes milliseconds, a long poll is ended by its route. */
const graceMs = secondMs;

/**
 * Ends the server in order, and in bounded time: Node waits without end for a connection that never asked anything or never finished its TLS
 * handshake, so whoever is still there after a second is cut. To be called before the server listens.
 */
export function stoppable(app: FastifyInstance, clock: Pick<Clock, 'after'>): () => Promise<void> {
  const open = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    const cancel = clock.after(graceMs, () => {
      for (const socket of open) socket.destroy();
    });
    try {
      await app.close();
    } finally {
      cancel();
    }
  };
}
