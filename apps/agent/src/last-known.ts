import { join } from 'node:path';
import { isObject } from './replies.ts';
import { readFileIfThere, replaceFile } from './state-files.ts';

/**
 * What the control plane last wanted of us. Kept so that a restarted agent watches the right units before the
 * first reply, and so that `status` has something to say. Wishes only: nothing here is ever reported as a state.
 */
export interface LastKnown {
  readonly units: readonly string[];
  readonly role: string;
  readonly epoch: number;
}

const lastKnownFile = 'last-known.json';

/** Null when there is none or it is damaged: it is a convenience, and the first reply brings it again. */
export async function readLastKnown(directory: string): Promise<LastKnown | null> {
  const text = await readFileIfThere(directory, lastKnownFile).catch(() => null);
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return null;
    const { units, role, epoch } = parsed;
    if (!Array.isArray(units) || typeof role !== 'string' || typeof epoch !== 'number') return null;
    return { units: units.filter((unit) => typeof unit === 'string'), role, epoch };
  } catch {
    return null;
  }
}

export function writeLastKnown(directory: string, known: LastKnown): Promise<void> {
  return replaceFile(join(directory, lastKnownFile), `${JSON.stringify(known)}\n`);
}
