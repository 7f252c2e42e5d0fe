import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type AgentArchitecture, agentArchitectures, installPaths } from '@serverctl/contract/agent';
import type { AgentManifest } from '../../services/agent-files.ts';

/** A small stand-in that says how it was called and what it was given to read. */
export const smallAgent = `#!/bin/sh
printf 'called: %s\\n' "$*"
while [ $# -gt 0 ]; do
  [ "$1" != --ca-file ] || { printf 'ca: '; sha256sum <"$2"; }
  shift
done
printf 'secret: %s\\n' "$(cat)"
`;

type WholeManifest = Omit<AgentManifest, 'agents'> & {
  readonly agents: Record<AgentArchitecture, NonNullable<AgentManifest['agents'][AgentArchitecture]>>;
};

/** A folder as script/package leaves it for both processors, with an agent that is small. Returns its manifest. */
export async function writeAgentFiles(
  directory: string,
  agent: string | Uint8Array = smallAgent,
): Promise<WholeManifest> {
  await mkdir(directory, { recursive: true });
  const file = Buffer.from(agent);
  const gzip = gzipSync(file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const entries = agentArchitectures.map((architecture) => {
    const name = basename(installPaths.agent[architecture], '.gz');
    const sizes = { bytes: file.length, gzipBytes: gzip.length };
    return [architecture, { file: name, gzip: `${name}.gz`, sha256, ...sizes }] as const;
  });
  for (const [, { gzip: name }] of entries) await writeFile(join(directory, name), gzip);
  const agents = Object.fromEntries(entries) as WholeManifest['agents'];
  const manifest = { version: '0.0.0', builtFrom: 'a test', agents };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}
