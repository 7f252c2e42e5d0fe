import { randomBytes } from 'node:crypto';
import { constants, copyFile, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const ownerOnly = 0o600;

/**
 * Puts a text in place as a whole: temporary file beside it → fsync → rename → fsync of the directory. After a power cut there is the old
 * content or the new, never half of one. Nobody but the owner reads it before it has its mode.
 */
export function putText(text: string, to: string, mode: number): Promise<void> {
  return put(to, mode, (temporary) => writeFile(temporary, text, { flag: 'wx', mode: ownerOnly }));
}

/** The same with a copy of a file; a program that runs from the former one goes on. */
export function putCopy(from: string, to: string, mode: number): Promise<void> {
  return put(to, mode, (temporary) => copyFile(from, temporary, constants.COPYFILE_EXCL));
}

async function put(to: string, mode: number, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${to}.${randomBytes(4).toString('hex')}.new`;
  try {
    await write(temporary);
    const file = await open(temporary, 'r+');
    try {
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, to);
    await syncDirectory(dirname(to));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
