import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TsigKeys } from './named-conf.ts';
import { registryDirectory } from './settings.ts';
import { isAlive, type Started } from './started.ts';

/** What another command must know to find a lab and to judge whether it is still wanted. */
export interface LabEntry {
  readonly runId: string;
  readonly directory: string;
  /** We made the directory, so we remove it. */
  readonly ownsDirectory: boolean;
  readonly members: number;
  readonly zone: string;
  readonly keys: TsigKeys;
  /** The process the lab belongs to; null for one that a person keeps until `down`. */
  readonly owner: Started | null;
}

const fileOf = (runId: string): string => join(registryDirectory, `${runId}.json`);

/** Refuses a run id that is taken: the file is created, never replaced. */
export function register(entry: LabEntry): void {
  mkdirSync(registryDirectory, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(fileOf(entry.runId), JSON.stringify(entry, null, 2), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Error(`There is a lab ${entry.runId} already; see script/lab list.`, { cause: error });
  }
}

/** The person keeps it from now on. */
export function keepEntry(entry: LabEntry): void {
  const draft = `${fileOf(entry.runId)}.new`;
  writeFileSync(draft, JSON.stringify({ ...entry, owner: null }, null, 2), { mode: 0o600 });
  renameSync(draft, fileOf(entry.runId));
}

export function unregister(runId: string): void {
  rmSync(fileOf(runId), { force: true });
}

export function findEntry(runId: string): LabEntry | null {
  return existsSync(fileOf(runId)) ? (JSON.parse(readFileSync(fileOf(runId), 'utf8')) as LabEntry) : null;
}

export function listEntries(): LabEntry[] {
  if (!existsSync(registryDirectory)) return [];
  return readdirSync(registryDirectory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => findEntry(name.slice(0, -'.json'.length)))
    .filter((entry) => entry !== null);
}

/** Its owner died without taking it down. */
export function isStale(entry: LabEntry): boolean {
  return entry.owner !== null && !isAlive(entry.owner);
}
