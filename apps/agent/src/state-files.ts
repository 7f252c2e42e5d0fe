import { chmod, mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { putText } from './durable-put.ts';
import { AgentFailure } from './errors.ts';

const ownerOnlyFile = 0o600;
const ownerOnlyDirectory = 0o700;

/** True when it was not there before. */
export async function makeStateDirectory(directory: string): Promise<boolean> {
  try {
    const made = await mkdir(directory, { recursive: true, mode: ownerOnlyDirectory });
    await chmod(directory, ownerOnlyDirectory);
    return made !== undefined;
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

/** Replaces a file durably and as a whole, readable by its owner only. The directory is not made for it. */
export async function replaceFile(path: string, content: string): Promise<void> {
  try {
    await putText(content, path, ownerOnlyFile);
  } catch (cause) {
    throw unusable(dirname(path), cause);
  }
}

/** The file's text, or null when there is none. */
export async function readFileIfThere(directory: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw unusable(directory, cause);
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Left as it is when it is not empty. */
export async function removeEmptyDirectory(directory: string): Promise<void> {
  await rmdir(directory).catch(() => undefined);
}

function unusable(directory: string, cause: unknown): AgentFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AgentFailure('state_unusable', `The state directory ${directory} cannot be used: ${why}`, { cause });
}
