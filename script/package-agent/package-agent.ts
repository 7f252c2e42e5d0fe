import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentVersion } from '../../apps/agent/src/version.ts';
import { withLock } from '../../lab/lock.ts';
import { buildAgent } from './build.ts';
import { type Bundle, bundleAgent } from './bundle.ts';
import { PackageFailure } from './failure.ts';
import { type Manifest, type ManifestAgent, manifestFile, presentAgents, readManifest } from './manifest.ts';
import { type LockedPackage, readLocked, runtimeOf } from './runtimes.ts';
import { type Architecture, architectures, nativeArchitecture, targets } from './targets.ts';

/*
 * Brings a folder of agents up to date.
 *
 *   lock → bundle the sources, hash → what is listed, there, and of the same hash stays → compile the rest beside it
 *        → rename each into its place → rename the manifest last → remove what it no longer lists
 */
export interface PackageRequest {
  readonly repository: string;
  /** Where the agents go: dist/agent. */
  readonly directory: string;
  readonly cache: string;
  /** `needed`: those that the manifest lists already, and at least this machine's. */
  readonly wanted: readonly Architecture[] | 'needed';
  readonly gzipLevel: number;
  /** What is done right now, and each agent that was built. */
  readonly say: (line: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export interface Packaged {
  readonly manifest: Manifest;
  readonly built: readonly Architecture[];
}

const scratchPrefix = '.building-';

/** Builds what is missing or stale. Two at once wait for each other; the second then finds nothing to do. */
export async function packageAgent(request: PackageRequest): Promise<Packaged> {
  const { directory } = request;
  await mkdir(directory, { recursive: true });
  return withLock(join(dirname(directory), '.agent.lock'), async () => {
    for (const name of await readdir(directory)) {
      if (name.startsWith(scratchPrefix)) await rm(join(directory, name), { recursive: true }); // of a run that was killed
    }
    const scratch = await mkdtemp(join(directory, scratchPrefix));
    try {
      return await bringUpToDate(request, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

async function bringUpToDate(request: PackageRequest, scratch: string): Promise<Packaged> {
  const { repository, directory } = request;
  const native = requireNative();
  const locked: Record<Architecture, LockedPackage> = {
    x64: await readLocked(repository, targets.x64.runtimePackage),
    arm64: await readLocked(repository, targets.arm64.runtimePackage),
  };
  const bun = await runtimeOf(locked[native], { ...request, scratch }, request.say);
  const bundle = await bundleAgent(bun, repository, scratch, Object.values(locked));
  const before = await readManifest(directory);
  const wanted = request.wanted === 'needed' ? neededOf(before, native) : request.wanted;
  const kept = before?.builtFrom === bundle.builtFrom ? await presentAgents(directory, before) : {};
  const missing = wanted.filter((architecture) => kept[architecture] === undefined);
  if (before !== null && missing.length === 0) return { manifest: before, built: [] };

  if (missing.length > 0) request.say(`Building the agent for ${missing.join(' and ')} …`);
  const built = await Promise.all(
    missing.map(async (architecture) => {
      const runtime =
        architecture === native ? bun : await runtimeOf(locked[architecture], { ...request, scratch }, request.say);
      return [architecture, await buildOne(request, { architecture, native, bun, runtime, bundle, scratch })] as const;
    }),
  );
  const manifest: Manifest = {
    version: agentVersion,
    builtFrom: bundle.builtFrom,
    agents: { ...kept, ...Object.fromEntries(built) },
  };
  await publish(directory, scratch, manifest, missing);
  return { manifest, built: missing };
}

function requireNative(): Architecture {
  if (nativeArchitecture !== null && process.platform === 'linux') return nativeArchitecture;
  throw new PackageFailure(
    `Agents are built on Linux with an x64 or arm64 processor; this is ${process.platform} ${process.arch}.`,
  );
}

function neededOf(before: Manifest | null, native: Architecture): readonly Architecture[] {
  return architectures.filter((name) => name === native || before?.agents[name] !== undefined);
}

interface OneBuild {
  readonly architecture: Architecture;
  readonly native: Architecture;
  readonly bun: string;
  readonly runtime: string;
  readonly bundle: Bundle;
  readonly scratch: string;
}

async function buildOne(request: PackageRequest, one: OneBuild): Promise<ManifestAgent> {
  const beganMs = request.nowMs();
  const agent = await buildAgent({
    target: targets[one.architecture],
    bun: one.bun,
    runtime: one.runtime,
    bundle: one.bundle.file,
    scratch: one.scratch,
    gzipLevel: request.gzipLevel,
    expectedVersion: one.architecture === one.native ? agentVersion : null,
  });
  request.say(describe(agent, (request.nowMs() - beganMs) / 1_000));
  return agent;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const describe = ({ file, bytes, gzipBytes, sha256 }: ManifestAgent, seconds: number) =>
  `${file} ${agentVersion}: ${megabytes(bytes)}, ${megabytes(gzipBytes)} compressed, in ${seconds.toFixed(1)} s\n  SHA-256 ${sha256}`;

/** The manifest comes last: at every instant it lists only what was there before it. */
async function publish(
  directory: string,
  scratch: string,
  manifest: Manifest,
  built: readonly Architecture[],
): Promise<void> {
  for (const { file, gzip } of built.map((name) => targets[name])) {
    await rename(join(scratch, file), join(directory, file));
    await rename(join(scratch, gzip), join(directory, gzip));
  }
  const draft = join(scratch, manifestFile);
  await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(draft, join(directory, manifestFile));
  for (const name of architectures.filter((architecture) => manifest.agents[architecture] === undefined)) {
    await rm(join(directory, targets[name].file), { force: true });
    await rm(join(directory, targets[name].gzip), { force: true });
  }
}
