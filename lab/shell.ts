import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';

export interface RunOptions {
  /** Given on standard input; without it standard input is empty. */
  readonly input?: string;
  readonly cwd?: string;
  /** Replaces the environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** After this the program is killed and its status is 124, as with timeout(1). */
  readonly timeoutMs?: number;
}

export interface Finished {
  /** Exit status. A program that a signal ended has 124 if that was our time limit, else 137. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandFailed extends Error {
  readonly finished: Finished;
  constructor(argv: readonly string[], finished: Finished) {
    const said = (finished.stderr.trim() || finished.stdout.trim()).split('\n').slice(-12).join('\n');
    super(`${argv.join(' ')} ended with status ${finished.status}${said ? `:\n${said}` : ''}`);
    this.name = 'CommandFailed';
    this.finished = finished;
  }
}

const defaultTimeoutMs = 120_000;

/** Runs a program to its end. Resolves whatever its status is; rejects only when it cannot be started. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [command, ...args] = argv;
  if (command === undefined) throw new TypeError('run needs a program');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? defaultTimeoutMs,
      killSignal: 'SIGKILL',
    });
    const stdout = collect(child, 'stdout');
    const stderr = collect(child, 'stderr');
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const status = code ?? (signal === 'SIGKILL' && child.killed ? 124 : 137);
      resolve({ status, stdout: stdout(), stderr: stderr() });
    });
    child.stdin?.on('error', () => undefined); // a program may end without reading what it was given
    child.stdin?.end(options.input ?? '');
  });
}

/** Like run, but a status other than 0 is an error that quotes the program's last words. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const finished = await run(argv, options);
  if (finished.status !== 0) throw new CommandFailed(argv, finished);
  return finished.stdout;
}

/** Starts a program and leaves its streams to the caller. */
export function open(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [command = '', ...args] = argv;
  return spawn(command, args, options);
}

/** For the last moments of a process, when nothing asynchronous runs any more. */
export function runSync(argv: readonly string[]): Finished {
  const [command = '', ...args] = argv;
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return { status: result.status ?? 137, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
