import { vi } from 'vitest';
import { run } from '../run.ts';

/** One call that the command line made, and the reply it gets. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What a run left behind: calls, text on both streams, the exit code. */
export interface Run {
  readonly asked: readonly Asked[];
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Runs one command line against a control plane that answers with `reply`: an error thrown by it is a broken connection. */
export async function runCli(
  line: readonly string[],
  reply: (asked: Asked) => { readonly status?: number; readonly body: unknown },
): Promise<Run> {
  const asked: Asked[] = [];
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  vi.stubEnv('SERVERCTL_TOKEN', 'canary');
  vi.stubEnv('SERVERCTL_URL', 'http://127.0.0.1:7400');
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    const one = {
      method: init.method ?? 'GET',
      path: `${url.pathname.replace('/api/v1', '')}${url.search}`,
      body: init.body === undefined ? null : JSON.parse(String(init.body)),
    };
    asked.push(one);
    const { status = 200, body } = reply(one);
    return new Response(JSON.stringify(body), { status });
  });
  let status = 0;
  try {
    await run(line);
    status = Number(process.exitCode ?? 0);
  } finally {
    process.exitCode = 0; // a refused command sets it, and the test run would take it as its own
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
  return { asked, ...written, status };
}
