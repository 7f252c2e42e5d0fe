import { basename } from 'node:path';
import { type AgentArchitecture, agentArchitectures, installPaths } from '@serverctl/contract/agent';

/** The two architectures that hosts have; below, what each is called by whom. */
export const architectures = agentArchitectures;
export type Architecture = AgentArchitecture;

export interface Target {
  /** The npm package with bun's runtime, which becomes the body of the agent. Baseline: hosts may have processors without AVX2. */
  readonly runtimePackage: string;
  readonly bunTarget: string;
  /** e_machine of the ELF header (System V ABI): EM_X86_64, EM_AARCH64. */
  readonly elfMachine: number;
  readonly file: string;
  readonly gzip: string;
}

export const targets: Readonly<Record<Architecture, Target>> = {
  x64: target('x64', '@oven/bun-linux-x64-baseline', 'bun-linux-x64-baseline', 62),
  arm64: target('arm64', '@oven/bun-linux-aarch64', 'bun-linux-arm64', 183),
};

function target(name: Architecture, runtimePackage: string, bunTarget: string, elfMachine: number): Target {
  // By the name under which hosts ask for it.
  const gzip = basename(installPaths.agent[name]);
  return { runtimePackage, bunTarget, elfMachine, file: basename(gzip, '.gz'), gzip };
}

export const isArchitecture = (name: string): name is Architecture =>
  architectures.some((architecture) => architecture === name);

/** This machine's, or null where no agent runs. */
export const nativeArchitecture: Architecture | null = isArchitecture(process.arch) ? process.arch : null;
