import {
  type DnsName,
  formatMark,
  type InstanceId,
  type Ipv4,
  type Ipv6,
  type PoolId,
  type RecordView,
} from '@serverctl/core';
import { expect, it, onTestFinished } from 'vitest';
import { type Asked, startFakeServer } from '../testing/index.ts';
import { encodeMessage, plainFlags } from '../wire/message.ts';
import type { Rdata } from '../wire/rdata.ts';
import { opcode, rrClass, rrType } from '../wire/registry.ts';
import { signReply } from '../wire/testing.ts';
import { createRfc2136Provider } from './index.ts';
import { prepareKey } from './schema.ts';

const key = { name: 'edge', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7).toString('base64') };
const instance = 'aaaaaaaaaaaa' as InstanceId;
const nowSeconds = 1_800_000_000;
const ref = { zone: 'example.test' as DnsName, name: 'lb.example.test' as DnsName, type: 'A' as const };
const mark = { instance, pool: 'pppppppppppp' as PoolId, epoch: 1 };
const ref6 = { ...ref, type: 'AAAA' as const };
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
  const sent = () => server.asked.map(({ message }) => message).filter((message) => message.opcode === opcode.update);
  const updates = () => sent().length;
  const signal = AbortSignal.timeout(5_000);
  const replace = (expected = nothing) => provider.replace({ ref, expected, next, mark }, signal);
  return { provider, replace, sent, updates, signal };
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

it('a withdrawal is one UPDATE, conditional on AAAA and mark, that deletes the one and writes the other (R20)', async () => {
  const { provider, sent, signal } = await serving(saysSigned(0), saysSigned(0));
  const before = { ...mark, epoch: 6 };
  const rrset = { addresses: ['2001:db8::1', '2001:db8::2'], ttlSeconds: 45 };
  const expected: RecordView = { rrset, mark: { kind: 'ours', mark: before }, cname: false };
  await provider.withdrawAaaa({ ref: ref6, expected, mark: { ...mark, epoch: 7 } }, signal);
  const line = (type: number, klass: number, data: Rdata, ttlSeconds = 0) => ({
    name: type === rrType.txt ? '_serverctl.lb.example.test' : 'lb.example.test',
    ...{ type, class: klass, ttlSeconds, data },
  });
  const text = (epoch: number): Rdata => ({ kind: 'txt', strings: [formatMark({ ...mark, epoch })] });
  expect(sent()).toHaveLength(1);
  expect(sent()[0]?.answers).toEqual([
    line(rrType.aaaa, rrClass.in, { kind: 'aaaa', address: '2001:db8::1' }),
    line(rrType.aaaa, rrClass.in, { kind: 'aaaa', address: '2001:db8::2' }),
    line(rrType.txt, rrClass.in, text(6)),
  ]);
  expect(sent()[0]?.authority).toEqual([
    line(rrType.aaaa, rrClass.any, { kind: 'empty' }),
    line(rrType.txt, rrClass.any, { kind: 'empty' }),
    line(rrType.txt, rrClass.in, text(7), 45),
  ]);
});

it('a withdrawal that may not raise the mark is made without it, conditional on it all the same (R18)', async () => {
  const onMark = ({ message }: Asked) => message.authority.some(({ type }) => type === rrType.txt);
  const toUpdate = (asked: Asked) => saysSigned(onMark(asked) ? 5 : 0)(asked);
  const { provider, sent, signal } = await serving(toUpdate, saysSigned(0));
  const expected: RecordView = { ...nothing, rrset: { addresses: ['2001:db8::1'], ttlSeconds: 30 } };
  const withdrawn = await provider.withdrawAaaa({ ref: ref6, expected, mark }, signal);
  expect(withdrawn).toEqual({ outcome: 'written', fencedBy: 'value-only' });
  expect(sent().map(({ authority }) => authority.map(({ type }) => type))).toEqual([
    [rrType.aaaa, rrType.txt, rrType.txt],
    [rrType.aaaa],
  ]);
  expect(sent()[1]?.answers.map(({ type }) => type)).toEqual([rrType.aaaa, rrType.txt]);
});

it.each([
  ['of the other family', ref6, '192.0.2.1' as Ipv4],
  ['of the other family', ref, '2001:db8::1' as Ipv6],
  ['that is none', ref, 'host' as Ipv4],
] as const)('an address %s is refused before anything is sent: %s', async (_, of, address) => {
  const { provider, updates, signal } = await serving(saysSigned(0), saysSigned(0));
  const request = { ref: of, expected: nothing, next: { address, ttlSeconds: 30 }, mark };
  await expect(provider.replace(request, signal)).rejects.toMatchObject({ code: 'internal' });
  expect(updates()).toBe(0);
});

it('a wish to be proxied means nothing to a name server', async () => {
  const { provider, sent, signal } = await serving(saysSigned(0), saysSigned(0));
  for (const proxied of [true, false]) {
    await provider.replace({ ref, expected: nothing, next: { ...next, proxied }, mark }, signal);
  }
  expect(sent()[1]?.authority).toEqual(sent()[0]?.authority);
});

it.each([
  ['A', true],
  ['AAAA', false],
] as const)(
  'the probe of an %s asks for the right to that type, and to it and the mark at once, as they are written',
  async (type, canEdit) => {
    const isAaaa = ({ message }: Asked) => message.authority.some((record) => record.type === rrType.aaaa);
    const { provider, sent, signal } = await serving(
      (asked) => saysSigned(isAaaa(asked) ? 5 : 0)(asked),
      saysSigned(0),
    );
    expect(await provider.probe({ ...ref, type }, signal)).toMatchObject({ canEdit, canMark: canEdit });
    const asked = sent().map(({ authority }) => authority.map((record) => record.type));
    const own = type === 'A' ? rrType.a : rrType.aaaa;
    expect(asked).toEqual([[own], [own, rrType.txt]]);
  },
);
