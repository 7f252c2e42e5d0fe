import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = new URL('../main.ts', import.meta.url).pathname;
const eventAfter = (seq: number) => ({
  seq: seq + 1,
  at: '2026-01-01T12:00:00.000Z',
  kind: 'pool.promoted',
  severity: 'info',
  poolId: null,
  memberId: null,
  sentence: 'lb2.example.com is active. '.repeat(100),
  details: {},
});
/** More than a pipe holds, and something new for whoever follows. */
const plane = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://plane');
  const after = Number(searchParams.get('after'));
  if (pathname.endsWith('/export')) response.setHeader('content-type', 'application/x-ndjson');
  const events = Array.from({ length: 200 }, (_, place) => eventAfter(after + place));
  response.end(JSON.stringify({ events, next: after + 200 }));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => plane.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(plane.address() as AddressInfo).port}`;
});
afterAll(() => void plane.close());

/** What follows a command whose output goes into this pipe: its exit code and what it said on standard error. */
async function piped(line: string, reader: string) {
  const script = `set -o pipefail; '${process.execPath}' '${main}' ${line} | ${reader}`;
  const env = { ...process.env, SERVERCTL_URL: url, SERVERCTL_TOKEN: 'canary' };
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { env, timeout: 20_000 });
  return { lines: stdout.split('\n').length - 1, stderr };
}

test.each(['events', 'events --limit 200 --json', 'events --follow', '--help'])(
  '%s ends quietly, and as a success, when its reader has enough',
  async (line) => {
    expect(await piped(line, 'head -1')).toEqual({ lines: 1, stderr: '' });
    expect(await piped(line, 'true')).toEqual({ lines: 0, stderr: '' });
  },
);

test.each(['events', 'events --follow', 'audit export', '--help', 'config show --json'])(
  '%s fails in one sentence when what it prints has no room',
  async (line) => {
    const failed = piped(`${line} > /dev/full`, 'cat').catch((error: unknown) => error);
    const { code, stderr } = (await failed) as { code: number; stderr: string };
    const words = 'Standard output cannot be written: ENOSPC: no space left on device, write.';
    expect(code).toBe(1);
    if (line.endsWith('--json')) expect(JSON.parse(stderr)).toEqual({ error: { code: 'internal', message: words } });
    else expect(stderr).toBe(`Error: ${words}\n`);
  },
);
