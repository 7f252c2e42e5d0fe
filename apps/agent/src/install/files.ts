import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Also true for a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Not every host has /usr/local/bin. */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
}
