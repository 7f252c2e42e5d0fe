import { once } from 'node:events';
import { join } from 'node:path';
import { startChild } from '../src/child.ts';
import type { Generator } from '../src/generator.ts';
import type { Address } from '../src/messages.ts';
import type { ServerTls } from '../src/plane.ts';
import { cpuMicrosOf } from '../src/process-usage.ts';
import { measure } from './measure.ts';

export interface PeerFigures {
  readonly cpuMicrosPerBeat: number;
  readonly latenciesMs: readonly number[];
}

/** The same beats from the same hosts to a bare server with the control plane's own certificate. */
export async function measurePeer(
  generator: Generator,
  tls: ServerTls | null,
  ca: string | null,
  seconds: number,
): Promise<PeerFigures> {
  const child = startChild([process.execPath, join(import.meta.dirname, 'peer-main.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    child.process.send(tls ?? 'plain');
    const [port] = await once(child.process, 'message');
    const at: Address = { url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`, ca };
    const { before, after, window } = await measure(generator, at, seconds, async () => cpuMicrosOf(child.pid));
    return { cpuMicrosPerBeat: (after - before) / window.latenciesMs.length, latenciesMs: window.latenciesMs };
  } finally {
    await child.end();
  }
}
