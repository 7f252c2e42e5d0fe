import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentManifest } from '../../apps/server/src/services/agent-files.ts';
import { type Architecture, architectures } from './targets.ts';

/** dist/agent/manifest.json, as the control plane reads it. Written last, so whatever it lists is whole. */
export type Manifest = AgentManifest;
export type ManifestAgent = NonNullable<Manifest['agents'][Architecture]>;

export const manifestFile = 'manifest.json';

/** The manifest in a folder, or null when there is none or it cannot be read: then everything is built anew. */
export async function readManifest(directory: string): Promise<Manifest | null> {
  const path = join(directory, manifestFile);
  if (!existsSync(path)) return null;
  try {
    const { version, builtFrom, agents } = JSON.parse(await readFile(path, 'utf8')) as Partial<Manifest>;
    return version === undefined || builtFrom === undefined || typeof agents !== 'object'
      ? null
      : { version, builtFrom, agents };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The agents of a manifest that are really there, by name and size. */
export async function presentAgents(directory: string, manifest: Manifest): Promise<Manifest['agents']> {
  const isThere = async (file: string, bytes: number) => {
    const path = join(directory, file);
    return existsSync(path) && (await stat(path)).size === bytes;
  };
  const present: Partial<Record<Architecture, ManifestAgent>> = {};
  for (const architecture of architectures) {
    const agent = manifest.agents[architecture];
    if (agent === undefined) continue;
    if ((await isThere(agent.file, agent.bytes)) && (await isThere(agent.gzip, agent.gzipBytes))) {
      present[architecture] = agent;
    }
  }
  return present;
}
