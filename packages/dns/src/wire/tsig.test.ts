import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, type Message, plainFlags } from './message.ts';
import { rrClass, rrType } from './registry.ts';
import { badTimeSeconds, proveReply, signMessage, type TsigKey, tsigAlgorithms } from './tsig.ts';

const secret = new Uint8Array(32).fill(7);
const key: TsigKey = { name: 'edge', algorithm: 'hmac-sha256', secret };
const now = 1_800_000_000;
const nothing = new Uint8Array(0);

function query(id: number): Message {
  const questions = [{ name: 'lb.example.test', type: rrType.a, class: rrClass.in }];
  return { id, opcode: 0, rcode: 0, flags: plainFlags, questions, answers: [], authority: [], additional: [] };
}

describe('TSIG', () => {
  it('signs what RFC 8945 section 4.3 says, byte by byte', () => {
    const bytes = encodeMessage(query(0x1234));
    const variables = Buffer.concat([
      Buffer.from('\x04edge\0', 'latin1'),
      Buffer.from('00ff00000000', 'hex'), // class ANY, TTL 0
      Buffer.from('\x0bhmac-sha256\0', 'latin1'),
      Buffer.from('00006b49d200', 'hex'), // 1,800,000,000 in 48 bits
      Buffer.from('012c00000000', 'hex'), // fudge 300, error 0, no other data
    ]);
    const mac = createHmac('sha256', secret).update(bytes).update(variables).digest();
    expect(Buffer.from(signMessage(bytes, key, now).mac).toString('hex')).toBe(mac.toString('hex'));
  });

  it.each(Object.keys(tsigAlgorithms) as (keyof typeof tsigAlgorithms)[])('proves what %s signed', (algorithm) => {
    const signed = signMessage(encodeMessage(query(1)), { ...key, algorithm }, now);
    const reply = decodeMessage(signed.bytes);
    expect(reply.additional).toHaveLength(1);
    expect(proveReply(signed.bytes, reply, { ...key, algorithm }, nothing).kind).toBe('proven');
  });

  it('finds every changed byte of the signed message', () => {
    const { bytes } = signMessage(encodeMessage(query(1)), key, now);
    const signedLength = encodeMessage(query(1)).length;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: signedLength - 1 }), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = bytes.slice();
        changed[place] = (changed[place] ?? 0) ^ change;
        let kind = 'refused';
        try {
          kind = proveReply(changed, decodeMessage(changed), key, nothing).kind;
        } catch {
          // no message any more
        }
        expect(kind).not.toBe('proven');
      }),
    );
  });

  it('forges nothing from another request, key name, algorithm or secret', () => {
    const { bytes } = signMessage(encodeMessage(query(1)), key, now);
    const judge = (other: Partial<TsigKey>, requestMac = nothing) =>
      proveReply(bytes, decodeMessage(bytes), { ...key, ...other }, requestMac).kind;
    expect(judge({})).toBe('proven');
    expect(judge({}, new Uint8Array(32))).toBe('forged');
    expect(judge({ name: 'other' })).toBe('forged');
    expect(judge({ algorithm: 'hmac-sha512' })).toBe('forged');
    expect(judge({ secret: new Uint8Array(32) })).toBe('forged');
  });

  it('calls a message without TSIG unsigned, and one with an empty MAC by its error', () => {
    const plain = encodeMessage(query(1));
    expect(proveReply(plain, decodeMessage(plain), key, nothing)).toEqual({ kind: 'unsigned', error: 0 });
    const tsig = {
      algorithm: key.algorithm,
      timeSeconds: now,
      fudgeSeconds: 300,
      mac: nothing,
      originalId: 1,
      error: 17,
    };
    const record = { name: 'edge', type: rrType.tsig, class: rrClass.any, ttlSeconds: 0 };
    const bytes = encodeMessage({
      ...query(1),
      additional: [{ ...record, data: { kind: 'tsig', tsig: { ...tsig, other: nothing } } }],
    });
    expect(proveReply(bytes, decodeMessage(bytes), key, nothing)).toEqual({ kind: 'unsigned', error: 17 });
  });

  it('reads the server’s time from a BADTIME', () => {
    const tsig = {
      algorithm: key.algorithm,
      timeSeconds: now,
      fudgeSeconds: 300,
      mac: nothing,
      originalId: 1,
      error: 18,
    };
    expect(badTimeSeconds({ ...tsig, other: Uint8Array.from([0, 0, 0x6b, 0x49, 0xd2, 0]) })).toBe(now);
    expect(badTimeSeconds({ ...tsig, other: nothing })).toBeNull();
  });
});
