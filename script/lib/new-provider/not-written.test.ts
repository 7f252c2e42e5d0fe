import type { DnsName, RecordRef } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createNodeHttp } from '../../../packages/dns/src/testing/index.ts';
import { parts } from './template/not-written.ts';
import { refusalCode } from './template/refusal.ts';
import { change, look, rehearse } from './template/requests.ts';
import { startNextkindEmulator } from './template/testing/emulator.ts';

/* What a new provider's tests meet one after the other, as parts are written: the suite sees the first alone. */

const zone = 'example.test' as DnsName;
const ref: RecordRef = { zone, name: `lb.${zone}` as DnsName, type: 'A' };
const ref6 = { ...ref, type: 'AAAA' } as const;
const expected = { rrset: null, mark: { kind: 'none' }, cname: false } as const;
const mark = { instance: 'aaaaaaaaaaaa', pool: 'pppppppppppp', epoch: 1 } as never;
const next = { address: '192.0.2.1', ttlSeconds: 60 } as never;
const { signal } = new AbortController();
const call = () => expect.fail('nothing is to be asked');

test.each([
  ['the reading', async () => look(call, ref, signal)],
  ['refusals', async () => refusalCode('write', 403, {})],
  ['the change', async () => change(call, { ref, expected, next, mark }, signal)],
  ['the withdrawal', async () => change(call, { ref: ref6, expected, mark }, signal)],
  ['the rehearsal', async () => rehearse(call, ref, signal)],
] as const)('%s throws by its section until it is written', async (part, asked) => {
  const { section, rules, file } = parts[part];
  await expect(asked()).rejects.toThrow(`${section} ${part}, ${rules}: not written yet.`);
  await expect(asked()).rejects.toThrow(`Write it in ${file}, by docs/next-provider.md section ${section}.`);
});

test('a request that no route of the emulator knows has no reply of success, and ends the tests by its section', async () => {
  const emulator = await startNextkindEmulator(zone);
  emulator.rights.set('token', 'edit');
  const ask = (authorization: string) =>
    createNodeHttp(emulator.apiBase).request({
      ...{ method: 'GET', path: '/zones', body: null, replyLimitBytes: 1_000, signal },
      headers: { authorization },
    });
  expect((await ask('Bearer nobody')).status).toBe(401);
  expect((await ask('Bearer token')).status).toBe(501);
  await expect(emulator.stop()).rejects.toThrow(
    '2.8 the emulator, R19: not written yet. nextkind was asked for GET /zones',
  );
});
