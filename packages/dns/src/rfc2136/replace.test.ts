import type { DnsName, InstanceId, Ipv4, PoolId, RecordView } from '@serverctl/core';
import { expect, it, onTestFinished } from 'vitest';
import { type Asked, startFakeServer } from '../testing/index.ts';
import { encodeMessage, plainFlags } from '../wire/message.ts';
import { opcode } from '../wire/registry.ts';
import { signReply } from '../wire/testing.ts';
import { createRfc2136Provider } from './index.ts';
import { prepareKey } from './schema.ts';

const key = { name: 'edge', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7).toString('base64') };
const instance = 'aaaaaaaaaaaa' as InstanceId;
const nowSeconds = 1_800_000_000;
const ref = { zone: 'example.test' as DnsName, name: 'lb.example.test' as DnsName, type: 'A' as const };
const mark = { instance, pool: 'pppppppppppp' as PoolId, epoch: 1 };
const next = { address: '192.0.2.1' as Ipv4, ttlSeconds: 30 };
const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };

function replyTo({ message }: Asked, rcode: number): Uint8Array {
  const flags = { ...plainFlags, response: true, authoritative: true };
  return encodeMessage({ ...message, answers: [], authority: [], additional: [], flags, rcode });
}

const saysUnsigned = (rcode: number) => (asked: Asked) => replyTo(asked, rcode);
const saysSigned = (rcode: number) => (asked: Asked) =>
  signReply(replyTo(asked, rcode), asked.message, prepareKey(key), nowSeconds);
const saysBadKey = (asked: Asked) =>
  signReply(replyTo(asked, 9), asked.message, prepareKey(key), nowSeconds, { mac: new Uint8Array(0), error: 17 });

/** A provider at a server with one word for changes and another for questions. */
async function serving(toUpdate: (asked: Asked) => Uint8Array, toQuery: (asked: Asked) => Uint8Array) {
  const server = await startFakeServer((asked) =>
    asked.message.opcode === opcode.update ? toUpdate(asked) : toQuery(asked),
  );
  onTestFinished(() => server.stop());
  const provider = createRfc2136Provider({
    ...{ host: server.address, port: server.port, key, instance },
    ...{ wallClock: () => nowSeconds * 1000, randomId: () => server.asked.length },
  });
  const updates = () => server.asked.filter(({ message }) => message.opcode === opcode.update).length;
  const signal = AbortSignal.timeout(5_000);
  const replace = (expected = nothing) => provider.replace({ ref, expected, next, mark }, signal);
  return { provider, replace, updates, signal };
}

it('a key that the server knows and does not let change anything is not called unknown', async () => {
  const { provider, replace, signal } = await serving(saysBadKey, saysSigned(0)); // as Knot does
  expect(await provider.probe(ref, signal)).toMatchObject({ canEdit: false, canMark: false });
  await expect(replace(await provider.read(ref, signal))).rejects.toMatchObject({ code: 'dns_not_allowed' });
});

it('a signed refusal is answered by the change without the mark', async () => {
  const { replace, updates } = await serving(saysSigned(5), saysSigned(0));
  await expect(replace()).rejects.toMatchObject({ code: 'dns_not_allowed' });
  expect(updates()).toBe(2);
});

it('a refusal without a signature does not talk us out of the mark', async () => {
  const { replace, updates } = await serving(saysUnsigned(5), saysSigned(0));
  const details = { proven: false };
  await expect(replace()).rejects.toMatchObject({ code: 'dns_not_allowed', details });
  expect(updates()).toBe(1);
});

it('BADKEY from a server that does not prove to know the key does not talk us out of the mark', async () => {
  const { replace, updates } = await serving(saysBadKey, saysBadKey);
  await expect(replace()).rejects.toMatchObject({ code: 'dns_tsig_unknown_key' });
  expect(updates()).toBe(1);
});

it('a refusal without a signature is no report about rights', async () => {
  const { provider, signal } = await serving(saysUnsigned(5), saysSigned(0));
  await expect(provider.probe(ref, signal)).rejects.toMatchObject({
    code: 'dns_not_allowed',
    details: { proven: false },
  });
});
