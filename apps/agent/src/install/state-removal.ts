import { lstat, readdir, realpath, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface StateRemoval {
  /** What is gone now, in the words of the paths that a person knows. */
  readonly removed: readonly string[];
  /** A directory that is left because something else is in it; null when there is none. */
  readonly kept: string | null;
}

/** What identity.ts and last-known.ts lay down, and their temporary files, which a power cut can leave. */
const ownFile = /^(agent\.json|key-[0-9a-f]+\.pem|ca-[0-9a-f]+\.pem|last-known\.json)(\.[0-9a-f]{8}\.new)?$/;

/**
 * Removes the agent's own files from its state directory, and the directory where nothing else is in it. Where it is a link, for a state
 * on another disk, the key lies behind it: that goes as well, then the link; the directory that it led to is the operator's. Rejects when
 * the disk refuses.
 */
export async function removeState(directory: string): Promise<StateRemoval> {
  const found = await lstat(directory).catch(ifMissing(null));
  if (found === null) return { removed: [], kept: null };
  const behind = found.isSymbolicLink() ? await realpath(directory).catch(ifMissing(null)) : directory;
  const { own, others } = behind === null ? { own: [], others: [] } : await entriesOf(behind);
  for (const path of own) await rm(path, { force: true });
  const kept = others.length > 0 ? behind : null;
  if (found.isSymbolicLink()) await rm(directory, { force: true });
  else if (kept === null) await rmdir(directory);
  else return { removed: own, kept };
  return { removed: [directory], kept };
}

async function entriesOf(directory: string) {
  const entries = await readdir(directory, { withFileTypes: true });
  const isOwn = (entry: (typeof entries)[number]) => entry.isFile() && ownFile.test(entry.name);
  return {
    own: entries.filter(isOwn).map(({ name }) => join(directory, name)),
    others: entries.filter((entry) => !isOwn(entry)),
  };
}

function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
    throw error;
  };
}
