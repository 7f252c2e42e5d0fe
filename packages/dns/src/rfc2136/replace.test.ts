import type { DnsName, InstanceId, Ipv4, PoolId } from '@serverctl/core';
import { expect, it } from 'vitest';
import { type Asked, startFakeServer } from '../testing/index.ts';
import { encodeMessage, plainFlags } from '../wire/message.ts';
import { opcode } from '../wire/registry.ts';
import { signReply } from '../wire/testing.ts';
import { createRfc2136Provider } from './index.ts';
import { prepareKey } from './schema.ts';

const key = { name: 'edge', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7).toString('base64') };
const instance = 'aaaaaaaaaaaa' as InstanceId;
const nowSeconds = 1_800_000_000;

/** BADKEY without a signature for every change, as Knot says it to a key without the right; questions are answered and signed. */
function refuseLikeKnot({ message }: Asked): Uint8Array {
  const flags = { ...plainFlags, response: true, authoritative: true };
  const rcode = message.opcode === opcode.update ? 9 : 0;
  const reply = encodeMessage({ ...message, answers: [], authority: [], additional: [], flags, rcode });
  const excuse = message.opcode === opcode.update ? { mac: new Uint8Array(0), error: 17 } : {};
  return signReply(reply, message, prepareKey(key), nowSeconds, excuse);
}

it('a key that the server knows and does not let change anything is not called unknown', async () => {
  const server = await startFakeServer(refuseLikeKnot);
  const provider = createRfc2136Provider({
    ...{ host: server.address, port: server.port, key, instance },
    ...{ wallClock: () => nowSeconds * 1000, randomId: () => server.asked.length },
  });
  const ref = { zone: 'example.test' as DnsName, name: 'lb.example.test' as DnsName, type: 'A' as const };
  const signal = AbortSignal.timeout(5_000);
  try {
    expect(await provider.probe(ref, signal)).toMatchObject({ canEdit: false, canMark: false });
    const expected = await provider.read(ref, signal);
    const mark = { instance, pool: 'pppppppppppp' as PoolId, epoch: 1 };
    const request = { ref, expected, next: { address: '192.0.2.1' as Ipv4, ttlSeconds: 30 }, mark };
    await expect(provider.replace(request, signal)).rejects.toMatchObject({ code: 'dns_not_allowed' });
  } finally {
    await server.stop();
  }
});
