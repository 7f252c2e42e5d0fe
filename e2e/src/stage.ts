import type { ChildProcess } from 'node:child_process';

/*
 * Where a control plane, a name server and some hosts stand: on lab hosts (real systemd, real HAProxy, networks of their own), or as
 * local processes with a simulated service manager. The demo and the scenarios play on either without knowing which.
 */

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a host needs to become a member, as an operator gets it. */
export interface Enrolling {
  /** The line to paste as root. */
  readonly command: string;
  readonly secret: string;
  /** For a host that cannot run the line: where the control plane is, and its CA. */
  readonly url: string;
  readonly caFile: string;
}

export interface StageMember {
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  /** Where clients find its HAProxy; null = none listens. */
  readonly service: { readonly host: string; readonly port: number } | null;
  /** Networks its agent may come from. */
  readonly egress: string;
  /** Makes the host a member, the secret on standard input. Resolves when its agent runs. */
  startAgent(enrolling: Enrolling): Promise<void>;
  /** What its agent wrote, the newest last. */
  log(): Promise<string>;
  stopHaproxy(): Promise<void>;
  startHaproxy(): Promise<void>;
  /** Nothing is heard of it any more, until `heal`. */
  cut(): Promise<void>;
  heal(): Promise<void>;
}

export interface StageKey {
  readonly name: string;
  readonly algorithm: string;
  readonly secret: string;
}

export interface StageDns {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  /** The control plane's. */
  readonly key: StageKey;
  /** May change everything: of whoever stands in for a provider that this server answers for. */
  readonly hand: StageKey;
}

export interface Stage<Member extends StageMember = StageMember> {
  readonly hosts: 'lab' | 'local';
  /** Logs, secrets and data of this run; gone after down(). */
  readonly directory: string;
  readonly members: readonly Member[];
  readonly dns: StageDns;
  /** Address the control plane listens on. */
  readonly planeAddress: string;
  readonly planePort: number;
  /** Runs a program where the control plane stands. */
  runAtPlane(argv: readonly string[], options?: { input?: string; env?: NodeJS.ProcessEnv }): Promise<Finished>;
  spawnAtPlane(
    argv: readonly string[],
    options: { env: NodeJS.ProcessEnv; stdio: 'inherit' | ['ignore', number | 'pipe', number] },
  ): ChildProcess;
  /** Starts a program where clients are. */
  spawnAtClient(argv: readonly string[]): ChildProcess;
  /** Ends what was spawned in order, the control plane too, and removes everything. */
  down(): Promise<void>;
}
