import { once } from 'node:events';
import { open } from './shell.ts';

/**
 * Holds a lock on a file while the work runs. flock(1) holds it in a child that waits for our pipe to close, so a
 * lock cannot outlive us, and there is no stale one to judge.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const holder = open(['flock', file, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(holder, 'close');
  const held = new Promise<void>((resolve, reject) => {
    holder.stdout?.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('exit', () => reject(new Error(`${file} cannot be locked.`)));
  });
  await held;
  try {
    return await work();
  } finally {
    holder.stdin?.end();
    await closed;
  }
}
