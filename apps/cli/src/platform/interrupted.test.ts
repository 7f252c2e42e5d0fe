import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = new URL('../main.ts', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'sct-cli-interrupted-'));
/** It hears, and never answers. */
const plane = createServer(() => undefined);

beforeAll(() => new Promise<void>((resolve) => plane.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  plane.closeAllConnections();
  plane.close();
  rmSync(directory, { recursive: true });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('a command that %s ends leaves no empty file where its secret was to be', async (signal, status) => {
  const file = join(directory, signal);
  const url = `http://127.0.0.1:${(plane.address() as AddressInfo).port}`;
  const env = { ...process.env, SERVERCTL_URL: url, SERVERCTL_TOKEN: 'canary' };
  const line = ['token', 'create', 'x', '--permission', 'pool:read', '--output', file];
  const command = spawn(process.execPath, [main, ...line], { env, stdio: 'ignore' });
  const ended = once(command, 'exit');
  await once(plane, 'request');
  expect(existsSync(file)).toBe(true);
  command.kill(signal);
  expect([await ended, existsSync(file)]).toEqual([[status, null], false]);
});
