import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { installPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { smallAgent, writeAgentFiles } from '../testing/agent-files.ts';
import { memberInput } from '../testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from '../testing/operator-house.ts';
import { downloadsAtOnce, downloadsPerPlace } from './slots.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-install-'));
  house = await openOperatorHouse(directory);
  await house.client.pools.add({ name: 'edge' });
  await house.client.members.add('edge', memberInput(1));
});
beforeEach(async () => void (await writeAgentFiles(join(directory, 'agent'))));
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const agentFile = (name: string) => join(directory, 'agent', name);
const get = (url: string, headers: Record<string, string> = {}) => house.app.inject({ url, headers });

test('the script is served without a token, the same bytes each time, and the line holds their SHA-256 (R37)', async () => {
  const [one, two] = [await get(installPaths.script), await get(installPaths.script)];
  expect(one).toMatchObject({ statusCode: 200, headers: { 'content-type': expect.stringContaining('x-shellscript') } });
  expect(one.rawPayload.equals(two.rawPayload)).toBe(true);
  const line = await house.deps.installer.line();
  expect(line).toContain(createHash('sha256').update(one.rawPayload).digest('hex'));
  expect(line).not.toContain('\n');
});

test('an agent comes with its length and hash; HEAD has no body; who has it is not sent it again', async () => {
  const manifest = JSON.parse(await readFile(agentFile('manifest.json'), 'utf8'));
  const { sha256, gzipBytes } = manifest.agents.arm64;
  const reply = await get(installPaths.agent.arm64);
  expect(reply).toMatchObject({
    statusCode: 200,
    headers: { 'content-length': String(gzipBytes), etag: `"${sha256}"`, 'content-type': 'application/gzip' },
  });
  expect(gunzipSync(reply.rawPayload).toString()).toBe(smallAgent);
  const head = await house.app.inject({ method: 'HEAD', url: installPaths.agent.arm64 });
  expect(head).toMatchObject({ statusCode: 200, headers: { 'content-length': String(gzipBytes) }, body: '' });
  expect(await get(installPaths.agent.arm64, { 'if-none-match': `"${sha256}"` })).toMatchObject({ statusCode: 304 });
});

test.each([
  ['the manifest is gone', () => rm(agentFile('manifest.json')), 'not there'],
  ['the manifest is of another form', () => writeFile(agentFile('manifest.json'), '{"version":"1"}'), 'not a manifest'],
  [
    'the manifest names a file elsewhere',
    async () => {
      const text = await readFile(agentFile('manifest.json'), 'utf8');
      await writeFile(agentFile('manifest.json'), text.replace('serverctl-agent-linux-x64.gz', '../../etc/passwd'));
    },
    'not a manifest',
  ],
  ['a file is gone', () => rm(agentFile('serverctl-agent-linux-arm64.gz')), 'not there'],
  ['a file is cut', () => truncate(agentFile('serverctl-agent-linux-x64.gz'), 10), 'bytes of the manifest'],
])('%s: no line, and no member is half-added', async (_case, damage, words) => {
  const before = await house.stored();
  await damage();
  const failure = { code: 'agent_files_missing', details: { because: expect.stringContaining(words) } };
  await expect(house.client.members.add('edge', memberInput(2))).rejects.toMatchObject(failure);
  await expect(house.client.members.enrol('edge', 'lb1.example.com')).rejects.toMatchObject(failure);
  expect(await house.stored()).toBe(before);
  for (const path of [installPaths.script, installPaths.agent.x64])
    expect(await get(path)).toMatchObject({ statusCode: 503 });
});

test('more downloads than may be are sent away with a time to come back, and a slot is free again after each', async () => {
  const large = house.deps.random.bytes(6_000_000);
  await writeAgentFiles(join(directory, 'agent'), large);
  await house.app.listen({ host: '127.0.0.1', port: 0 });
  const address = house.app.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const slow = (_: unknown, index: number) => {
    const localAddress = `127.0.1.${1 + Math.floor(index / downloadsPerPlace)}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
    // Asks and reads the first bytes only: what follows fills the buffers between us and stops.
    socket.write(`GET ${installPaths.agent.x64} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return once(socket, 'readable').then(() => socket);
  };
  const sockets = await Promise.all(Array.from({ length: downloadsAtOnce }, slow));
  const busy = await get(installPaths.agent.x64);
  expect(busy).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
  expect(busy.json().error.code).toBe('agent_downloads_busy');
  expect(await get(installPaths.script)).toMatchObject({ statusCode: 200 });
  sockets[0]?.destroy();
  for (;;) {
    const reply = await get(installPaths.agent.x64);
    if (reply.statusCode === 200) break;
    await systemClock.sleep(20);
  }
  for (const socket of sockets) socket.destroy();
});
