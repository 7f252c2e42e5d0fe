import { stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

/**
 * Where HAProxy listens for its operator. The worker's own sockets come first: while HAProxy stops softly the
 * master goes on answering although no worker takes a connection any more, so it is asked only where it is alone.
 */
export const workerSockets: readonly string[] = ['/run/haproxy/admin.sock', '/var/lib/haproxy/stats'];
export const masterSockets: readonly string[] = ['/run/haproxy-master.sock'];

const connectLimitMs = 100;

export interface AskParts {
  readonly clock: Clock;
  /** Told each time that the host does not let us use a socket. */
  readonly onOutOfReach: (path: string) => void;
  /** In the order of preference. */
  readonly groups?: readonly (readonly string[])[];
  readonly connectTo?: (path: string) => Socket;
}

/**
 * Does HAProxy still take a connection? By the first group with a socket that we may use: true when one takes it, false when all that we
 * may use refuse. Null when there is none: a socket out of reach says nothing about HAProxy. Nothing is said on the connection. Never rejects.
 */
export async function haproxyAnswers(parts: AskParts): Promise<boolean | null> {
  for (const group of parts.groups ?? [workerSockets, masterSockets]) {
    const taken = await Promise.all(
      group.map(async (path) => ((await isSocket(path)) ? takesConnection(path, parts) : null)),
    );
    if (taken.includes(true)) return true;
    if (taken.includes(false)) return false;
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

function takesConnection(
  path: string,
  { clock, onOutOfReach, connectTo = connect }: AskParts,
): Promise<boolean | null> {
  return new Promise((resolve) => {
    const socket = connectTo(path);
    const finish = (answer: boolean | null) => {
      cancel();
      socket.destroy();
      resolve(answer);
    };
    const cancel = clock.after(connectLimitMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isOutOfReach = error.code === 'EACCES' || error.code === 'EPERM';
      if (isOutOfReach) onOutOfReach(path);
      finish(isOutOfReach ? null : false);
    });
  });
}

/** Says it once for each socket: it stays so until somebody changes HAProxy's configuration. */
export function sayOutOfReach(log: Log): (path: string) => void {
  const told = new Set<string>();
  return (path) => {
    if (told.has(path)) return;
    told.add(path);
    log.warn(
      'HAProxy’s socket is not open to the agent, which is root without capabilities, so HAProxy cannot be asked there whether it serves while it stops or reloads. Write "user root" on its "stats socket" line and reload HAProxy; with "mode 660" the line’s "group" keeps its access',
      { path },
    );
  };
}
