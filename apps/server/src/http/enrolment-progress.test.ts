import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-progress-'));
  house = await openOperatorHouse(directory);
  await house.client.pools.add({ name: 'edge' });
  await house.client.members.add('edge', memberInput(1));
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const own = '198.51.100.11';
const get = (url: string, remoteAddress: string, method: 'GET' | 'HEAD' = 'GET') =>
  house.app.inject({ url, remoteAddress, method });
const progress = () => house.client.members.progress('edge', 'lb1.example.com');

test('what another address downloads, or only asks about, is no step of this host', async () => {
  await get(installPaths.script, '203.0.113.9');
  await get(installPaths.script, own, 'HEAD');
  await get(`${installPaths.script}?read`, own);
  await get(installPaths.agent.x64, own, 'HEAD');
  expect(await progress()).toMatchObject({ line: { usedAt: null }, script: null, agent: null, key: null, heard: null });
});

test('each download of the host is a step, with its address, and a new line begins anew', async () => {
  await get(installPaths.script, own);
  expect(await progress()).toMatchObject({ script: { from: own }, agent: null });
  await get(installPaths.agent.x64, own);
  const { script, agent } = await progress();
  expect(agent).toMatchObject({ from: own, version: expect.stringMatching(/\d/) });
  expect(Date.parse(agent?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(script?.at ?? ''));
  await house.client.members.enrol('edge', 'lb1.example.com');
  expect(await progress()).toMatchObject({ script: null, agent: null });
});
