import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@serverctl/core';

/*
 * Files that appear whole or not at all, and survive a power cut: written and synced under a draft's name, then put in their place by one call
 * that one process alone can win. Two starts side by side never mix their halves.
 */

export interface FileWish {
  readonly text: string;
  readonly mode: number;
}

/** Makes a directory with these files; false when the place was taken, by another start or by something half-there. */
export async function takePlaceOfDirectory(path: string, files: Readonly<Record<string, FileWish>>): Promise<boolean> {
  const draft = draftOf(path);
  try {
    await mkdir(draft, { mode: 0o755 });
    for (const [name, wish] of Object.entries(files)) await write(join(draft, name), wish);
    await sync(draft);
    // Onto a directory that is not empty this fails, whoever made it.
    await rename(draft, path);
    await sync(dirname(path));
    return true;
  } catch (cause) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(cause))) return false;
    throw unwritable(path, cause);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Makes the file unless there is one already. */
export async function takePlace(path: string, wish: FileWish): Promise<void> {
  await withDraft(path, wish, (draft) =>
    link(draft, path).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    }),
  );
}

/** The new content in place of the old in one step. */
export async function replaceFile(path: string, wish: FileWish): Promise<void> {
  await withDraft(path, wish, (draft) => rename(draft, path));
}

async function withDraft(path: string, wish: FileWish, place: (draft: string) => Promise<void>): Promise<void> {
  const draft = draftOf(path);
  try {
    await write(draft, wish);
    await place(draft);
    await sync(dirname(path));
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Never a file that was there before: its mode and its reader would be another's. */
async function write(path: string, { text, mode }: FileWish): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(text);
  await file.sync();
}

async function sync(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync();
}

function draftOf(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}`;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function unwritable(path: string, cause: unknown): AppError {
  return new AppError('data_directory_unusable', { path, because: `it cannot be written (${codeOf(cause)})` }, cause);
}
