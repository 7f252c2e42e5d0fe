import { randomBytes } from 'node:crypto';
import { constants, copyFile, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../state-files.ts';

/** Puts a copy of a file in place as a whole: beside it, durable, then by rename, so that a program that runs from it goes on. */
export function putCopy(from: string, to: string, mode: number): Promise<void> {
  return put(to, mode, (temporary) => copyFile(from, temporary, constants.COPYFILE_EXCL));
}

export function putText(text: string, to: string, mode: number): Promise<void> {
  return put(to, mode, (temporary) => writeFile(temporary, text, { flag: 'wx' }));
}

async function put(to: string, mode: number, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
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
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Also true for a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
