import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Clock } from '../platform/clock.ts';

/**
 * Where HAProxy listens for its operator. The worker's own sockets come first: while HAProxy stops softly the
 * master goes on answering although no worker takes a connection any more, so it is asked only where it is alone.
 */
export const workerSockets: readonly string[] = ['/run/haproxy/admin.sock', '/var/lib/haproxy/stats'];
export const masterSockets: readonly string[] = ['/run/haproxy-master.sock'];

const connectLimitMs = 100;

/** Does HAProxy still take a connection? Null when no socket is known. Nothing is said on the connection. Never rejects. */
export async function haproxyAnswers(
  clock: Clock,
  groups: readonly (readonly string[])[] = [workerSockets, masterSockets],
): Promise<boolean | null> {
  for (const group of groups) {
    const there = (await Promise.all(group.map(isSocket))).flatMap((is, index) => (is ? [group[index] as string] : []));
    if (there.length === 0) continue;
    return (await Promise.all(there.map((path) => takesConnection(clock, path)))).includes(true);
  }
  return null;
}

/** Is there a socket at this path? Never rejects. */
export async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch {
    return false;
  }
}

function takesConnection(clock: Clock, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (answer: boolean) => {
      cancel();
      socket.destroy();
      resolve(answer);
    };
    const cancel = clock.after(connectLimitMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
