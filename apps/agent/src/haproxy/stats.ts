import { connect } from 'node:net';
import type { HaproxyTraffic } from '@serverctl/contract/agent';
import type { Clock } from '../platform/clock.ts';
import { isSocket, masterSockets, workerSockets } from './answers.ts';
import { parseTraffic } from './traffic.ts';

/** `nothing`: no socket, or none that said anything of use. `silent`: one took the connection and did not answer in time. */
export type Reading =
  | { readonly kind: 'read'; readonly traffic: HaproxyTraffic }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'silent' };

/** For all sockets together: HAProxy answers within a few milliseconds, or it is in trouble. */
export const readingLimitMs = 200;
export const answerLimitBytes = 256 * 1024;

/** A worker closes behind its answer. The master passes each command on to its newest worker, and closes when told to. */
const askWorker = 'show info;show stat -1 1 -1\n';
const askMaster = '@1 show info;@1 show stat -1 1 -1;quit\n';

/** Reads what HAProxy carries from the first socket that tells: a worker's own, else the master's. Changes nothing. Never rejects. */
export async function readTraffic(clock: Clock, workers = workerSockets, masters = masterSockets): Promise<Reading> {
  const untilMs = clock.nowMs() + readingLimitMs;
  const ways = [
    ...workers.map((path) => ({ path, request: askWorker })),
    ...masters.map((path) => ({ path, request: askMaster })),
  ];
  for (const { path, request } of ways) {
    if (!(await isSocket(path))) continue;
    const answer = await exchange(clock, { path, request, limitMs: Math.max(0, untilMs - clock.nowMs()) });
    if (answer === 'silent') return { kind: 'silent' };
    const traffic = answer === null ? null : parseTraffic(answer);
    if (traffic !== null) return { kind: 'read', traffic };
  }
  return { kind: 'nothing' };
}

interface Exchange {
  readonly path: string;
  readonly request: string;
  readonly limitMs: number;
}

function exchange(clock: Clock, { path, request, limitMs }: Exchange): Promise<string | null | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (answer: string | null) => {
      cancel();
      socket.destroy();
      resolve(answer);
    };
    const cancel = clock.after(limitMs, () => finish('silent'));
    socket.on('error', () => finish(null));
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > answerLimitBytes) finish(null);
    });
    socket.on('close', () => finish(Buffer.concat(chunks).toString('latin1')));
    socket.write(request);
  });
}
