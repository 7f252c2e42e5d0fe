import { createReadStream, type ReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentArchitecture, agentArchitectures } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';
import { z } from 'zod';

/*
 * The agent as script/package left it: a gzip file for each processor that it was built for, and a manifest that says what is in them. Read at every
 * question, so that a new package needs no restart; whatever is missing or does not fit is `agent_files_missing`.
 */

const plainFile = z.string().regex(/^[\w.-]+$/);
const agentFile = z.strictObject({
  file: plainFile,
  gzip: plainFile,
  /** Of the uncompressed file, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  gzipBytes: z.int().positive(),
});
const manifestSchema = z.strictObject({
  version: z.string(),
  /** SHA-256 over everything that the files are made from; what script/package compares. */
  builtFrom: z.string(),
  agents: z.partialRecord(z.enum(agentArchitectures), agentFile).refine((agents) => Object.keys(agents).length > 0),
});

/** The one form of the manifest: script/package-agent writes it, hosts get what it lists. */
export type AgentManifest = z.output<typeof manifestSchema>;

export interface AgentDownload {
  readonly version: string;
  /** Of the uncompressed file, in hex. */
  readonly sha256: string;
  readonly gzipBytes: number;
  open(): ReadStream;
}

export interface AgentFiles {
  /** Throws `agent_files_missing` unless every file is there as the manifest says. */
  manifest(): Promise<AgentManifest>;
  download(architecture: AgentArchitecture): Promise<AgentDownload>;
}

export function createAgentFiles(directory: string): AgentFiles {
  return {
    manifest: () => readManifest(directory),
    async download(architecture) {
      const { version, agents } = await readManifest(directory);
      const agent = agents[architecture];
      if (agent === undefined) throw missing(directory, `there is no agent for ${architecture}`);
      const { gzip, gzipBytes, sha256 } = agent;
      return { version, sha256, gzipBytes, open: () => createReadStream(join(directory, gzip)) };
    },
  };
}

async function readManifest(directory: string): Promise<AgentManifest> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw missing(path, cause.code === 'ENOENT' ? 'it is not there' : `it cannot be read (${cause.code})`, cause);
  });
  const manifest = parseManifest(path, text);
  for (const { gzip, gzipBytes } of Object.values(manifest.agents)) {
    const found = await stat(join(directory, gzip)).catch(() => null);
    if (found === null) throw missing(join(directory, gzip), 'it is not there');
    if (found.size !== gzipBytes)
      throw missing(join(directory, gzip), `it is not the ${gzipBytes} bytes of the manifest`);
  }
  return manifest;
}

function parseManifest(path: string, text: string): AgentManifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw missing(path, 'it is not a manifest of this release', cause);
  }
}

function missing(path: string, because: string, cause?: unknown): AppError {
  return new AppError('agent_files_missing', { path, because }, cause);
}
