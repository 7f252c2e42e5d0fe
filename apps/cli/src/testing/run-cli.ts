import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import { run } from '../run.ts';

/** One call that the command line made, and the reply it gets. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Where a command line runs. */
export interface Place {
  /** There is a terminal, and a person answers each question with the next of these; `^C` leaves it. */
  readonly typed?: readonly string[];
  /** Standard error goes into a file, whatever else is a terminal. */
  readonly stderrKept?: boolean;
  /** Undefined = not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What a run left behind: calls, text on both streams, the exit code. */
export interface Run {
  readonly asked: readonly Asked[];
  /** What proved who asks, call by call; null = nothing was sent. */
  readonly tokens: readonly (string | null)[];
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Runs one command line against a control plane that answers with `reply`: an error thrown by it is a broken connection. */
export async function runCli(
  line: readonly string[],
  reply: (asked: Asked) => Response | { readonly status?: number; readonly body: unknown },
  { typed, stderrKept = false, environment = {} }: Place = {},
): Promise<Run> {
  const asked: Asked[] = [];
  const tokens: (string | null)[] = [];
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  const settings = { SERVERCTL_TOKEN: 'canary', SERVERCTL_URL: 'http://127.0.0.1:7400', ...environment };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const leave = typed === undefined ? () => undefined : sitDown(typed, !stderrKept);
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    const one = {
      method: init.method ?? 'GET',
      path: `${url.pathname.replace('/api/v1', '')}${url.search}`,
      body: init.body === undefined ? null : JSON.parse(String(init.body)),
    };
    asked.push(one);
    tokens.push(new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? null);
    const answered = reply(one);
    if (answered instanceof Response) return answered;
    const { status = 200, body } = answered;
    return new Response(JSON.stringify(body), { status });
  });
  let status = 0;
  try {
    await run(line);
    status = Number(process.exitCode ?? 0);
  } finally {
    process.exitCode = 0; // a refused command sets it, and the test run would take it as its own
    leave();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
  return { asked, tokens, ...written, status };
}

/** A terminal with somebody at it: what is typed comes when the command listens for a line, as from a person who waits for the question. */
function sitDown(typed: readonly string[], seesStderr: boolean): () => void {
  const left = [...typed];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (listens: boolean) => {
      if (listens) setImmediate(() => stdin.write(keys(left.shift())));
      return stdin;
    },
  });
  const before = [
    [process, 'stdin', Object.getOwnPropertyDescriptor(process, 'stdin')],
    [process.stdout, 'isTTY', Object.getOwnPropertyDescriptor(process.stdout, 'isTTY')],
    [process.stderr, 'isTTY', Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')],
  ] as const;
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  Object.defineProperty(process.stderr, 'isTTY', { value: seesStderr, configurable: true });
  vi.stubEnv('NO_COLOR', '1');
  return () => {
    for (const [owner, name, descriptor] of before) {
      Reflect.deleteProperty(owner, name);
      if (descriptor !== undefined) Object.defineProperty(owner, name, descriptor);
    }
    if (left.length > 0) throw new Error(`Nobody asked for: ${left.join(', ')}`);
  };
}

function keys(answer: string | undefined): string {
  if (answer === undefined) throw new Error('A question was asked that the test has no answer for.');
  return answer === '^C' ? '\u0003' : `${answer}\r`;
}
