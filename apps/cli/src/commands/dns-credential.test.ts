import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-credential-'));
const secretFile = join(directory, 'secret');
writeFileSync(secretFile, 'c2VjcmV0\n');
afterAll(() => rmSync(directory, { recursive: true }));

const set = async (server: string) => {
  const line = ['dns', 'credential', 'set', 'bind', '--server', server, '--secret-file', secretFile];
  return (await runCli(line, () => ({ body: {} }))).asked[0]?.body;
};

test('a credential’s new server without a port leaves its port as it is', async () => {
  expect(await set('ns2.example.com')).toEqual({ settings: { host: 'ns2.example.com', secret: 'c2VjcmV0' } });
  expect(await set('ns2.example.com:5353')).toMatchObject({ settings: { port: 5353 } });
});
