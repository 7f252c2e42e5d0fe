import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWhole } from './read-whole.ts';

const main = new URL('../main.ts', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'sct-cli-read-'));
const received: unknown[] = [];
/** Refuses everybody: what it was asked with is what was read. */
const plane = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text) => received.push(JSON.parse(text)));
  request.on('end', () => response.writeHead(401).end('{}'));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => plane.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(plane.address() as AddressInfo).port}`;
});
afterAll(() => {
  plane.close();
  rmSync(home, { recursive: true });
});

/** What the command got from a pipe that this shell line writes. */
async function from(writer: string, line: string) {
  received.length = 0;
  const env = { ...process.env, SERVERCTL_URL: url, SERVERCTL_TOKEN: 'canary', XDG_STATE_HOME: home };
  const script = `${writer} | '${process.execPath}' '${main}' ${line}`;
  const { stderr } = await promisify(execFile)('bash', ['-c', script], { env, timeout: 20_000 }).catch(
    (error: { readonly stderr: string }) => error,
  );
  return { received: received[0], stderr };
}

const signIn = 'sign-in ann@example.com --password-file -';
test.each([
  [signIn, { password: 'a long password' }],
  ['channel add slack --url-file -', { url: 'a long password' }],
  ['join --link-file -', { secret: 'a long password' }],
  ['dns credential add ns1 --server a --key k --secret-file -', { settings: { secret: 'a long password' } }],
])('%s waits for a slow pipe until its end', async (line, body) => {
  const slowly = "(sleep 0.5; printf 'a long '; sleep 0.5; echo password)";
  expect((await from(slowly, line)).received).toMatchObject(body);
});

test('more than a pipe holds is read too, and no more than any secret is long', async () => {
  const large = (bytes: number) => `(echo first; sleep 0.2; head -c ${bytes} /dev/zero)`;
  expect((await from(large(500_000), signIn)).received).toMatchObject({ password: 'first' });
  const { received: none, stderr } = await from(large(2_000_000), signIn);
  expect([none, stderr]).toEqual([undefined, expect.stringContaining('longer than 1 MiB')]);
});

test('a file is read as far as its limit, and that it is longer is told', () => {
  const file = join(home, 'file');
  writeFileSync(file, 'ü'.repeat(50_000));
  expect(readWhole(file, 100_000)).toBe('ü'.repeat(50_000));
  expect(readWhole(file, 99_999)).toBeNull();
  expect(() => readWhole(home, 100_000)).toThrow('EISDIR');
});
