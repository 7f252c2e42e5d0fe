import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Stage } from '../src/stage.ts';

/** Where a browser on this machine finds the control plane. */
export interface Door {
  /** An origin; the control plane has to be told of it, or it refuses the page's changes as another site's. */
  readonly origin: string;
  /** Lets the browser through to the control plane, which runs by then. */
  open(): void;
}

/** On this machine's loopback, for lab hosts as well, whose network no browser reaches. */
export async function buildDoor(stage: Stage): Promise<Door> {
  const { planeAddress, planePort } = stage;
  if (stage.hosts === 'local') return { origin: `https://${planeAddress}:${planePort}`, open: () => undefined };
  const socket = join(stage.directory, 'door');
  const server = createServer((near) => {
    const far = connect(socket);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref(); // whoever waits at it does not keep the demo from ending
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    open: () =>
      void stage.spawnAtPlane(
        [process.execPath, join(import.meta.dirname, 'door-main.ts'), socket, planeAddress, String(planePort)],
        { env: process.env, stdio: ['ignore', 2, 2] },
      ),
  };
}
