import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, type Message, plainFlags, type ResourceRecord } from './message.ts';
import { readName, writeName } from './name.ts';
import type { Rdata } from './rdata.ts';
import { createReader } from './reader.ts';
import { rrClass, rrType } from './registry.ts';
import { WireError } from './wire-error.ts';
import { createWriter } from './writer.ts';

const u8 = fc.nat({ max: 0xff });
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const bytes = (options: fc.IntArrayConstraints) => fc.uint8Array(options).map((array) => Uint8Array.from(array));

/** Names as `readName` gives them, made from labels of any bytes. */
const name = fc
  .array(fc.array(u8, { minLength: 1, maxLength: 20 }), { maxLength: 8 })
  .map((labels) => [...labels.flatMap((label) => [label.length, ...label]), 0])
  .map((wire) => readName(createReader(Uint8Array.from(wire))));

const text = bytes({ maxLength: 255 }).map((raw) => Buffer.from(raw).toString('latin1'));
const ipv6 = fc.ipV6().map((address) => canonicalIpv6(address));
const rdata: fc.Arbitrary<{ type: number; data: Rdata }> = fc.oneof(
  fc.ipV4().map((address) => ({ type: rrType.a as number, data: { kind: 'a' as const, address } })),
  ipv6.map((address) => ({ type: rrType.aaaa, data: { kind: 'aaaa' as const, address } })),
  name.map((target) => ({ type: rrType.ns, data: { kind: 'ns' as const, target } })),
  name.map((target) => ({ type: rrType.cname, data: { kind: 'cname' as const, target } })),
  fc
    .array(text, { minLength: 1, maxLength: 3 })
    .map((strings) => ({ type: rrType.txt, data: { kind: 'txt' as const, strings } })),
  fc.record({ primary: name, mailbox: name, serial: u32, rest: fc.tuple(u32, u32, u32, u32) }).map((soa) => ({
    type: rrType.soa,
    data: { kind: 'soa' as const, ...soa },
  })),
  bytes({ minLength: 1, maxLength: 40 }).map((raw) => ({ type: 4711, data: { kind: 'unknown' as const, bytes: raw } })),
  fc.constant({ type: rrType.a, data: { kind: 'empty' as const } }),
);
const record: fc.Arbitrary<ResourceRecord> = fc
  .record({ name, klass: fc.constantFrom(rrClass.in, rrClass.none, rrClass.any), ttlSeconds: u32, rdata })
  .map(({ klass, rdata: { type, data }, ...rest }) => ({ ...rest, type, class: klass, data }));
const message: fc.Arbitrary<Message> = fc.record({
  id: u16,
  opcode: fc.nat({ max: 15 }),
  rcode: fc.nat({ max: 15 }),
  flags: fc.record({
    response: fc.boolean(),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
  }),
  questions: fc.array(fc.record({ name, type: u16, class: u16 }), { maxLength: 2 }),
  answers: fc.array(record, { maxLength: 4 }),
  authority: fc.array(record, { maxLength: 4 }),
  additional: fc.array(record, { maxLength: 4 }),
});

describe('DNS messages', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const { tsigOffset, ...received } = decodeMessage(encodeMessage(sent));
        expect(received).toEqual(sent);
        expect(tsigOffset).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('that are noise end in a WireError or a message, never in anything else', () => {
    fc.assert(fc.property(bytes({ maxLength: 600 }), decodesOrRefuses), { numRuns: 5_000 });
  });

  it('that were damaged on the way end in a WireError or a message', () => {
    const damage = fc.array(fc.tuple(fc.nat(), u8), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(message, damage, fc.nat(), (sent, changes, cut) => {
        const damaged = encodeMessage(sent);
        for (const [place, value] of changes) damaged[place % damaged.length] = value;
        decodesOrRefuses(damaged);
        decodesOrRefuses(damaged.subarray(0, cut % damaged.length));
      }),
      { numRuns: 2_000 },
    );
  });

  it('that are all pointers are read in bounded time', () => {
    const hostile = new Uint8Array(65_535);
    hostile.set([0, 1, 0x80, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]);
    for (let at = 12; at + 1 < hostile.length; at += 2) {
      const target = Math.min(at - 2, 0x3fff);
      hostile.set([0xc0 | (target >> 8), target & 0xff], at);
    }
    const startedAt = process.cpuUsage().user;
    decodesOrRefuses(hostile);
    expect(process.cpuUsage().user - startedAt).toBeLessThan(1_000_000);
  });

  it('with something behind them are refused', () => {
    const sent = encodeMessage({
      ...{ id: 1, opcode: 0, rcode: 0, flags: plainFlags },
      ...{ questions: [], answers: [], authority: [], additional: [] },
    });
    expect(() => decodeMessage(Uint8Array.from([...sent, 0]))).toThrow(WireError);
  });
});

describe('DNS names', () => {
  const decode = (wire: number[], start = 0) => readName(createReader(Uint8Array.from(wire), start));

  it('are lower-cased, and escape what is no plain character', () => {
    expect(decode([3, 0x57, 0x77, 0x57, 3, 0x61, 0x2e, 0x20, 0])).toBe('www.a\\.\\032');
  });

  it('follow a pointer backwards', () => {
    expect(decode([1, 0x61, 0, 1, 0x62, 0xc0, 0], 3)).toBe('b.a');
  });

  it.each([
    ['to itself', [0xc0, 0], 0],
    ['forwards', [0xc0, 2, 0], 0],
    ['into its own label', [1, 0x61, 0xc0, 0], 0],
    ['in a circle', [0xc0, 2, 0xc0, 0], 2],
  ])('refuse a pointer %s', (_, wire, start) => {
    expect(() => decode(wire, start)).toThrow(WireError);
  });

  it.each([
    ['a label of 64 bytes', `${'a'.repeat(64)}.test`],
    ['a name of 256 bytes', `${'abcdefg.'.repeat(31)}abcdefg`],
    ['an empty label', 'a..test'],
    ['an unfinished escape', 'a\\'],
    ['an escape beyond a byte', '\\256.test'],
    ['a letter that is no ASCII', 'bücher.test'],
  ])('refuse to be written with %s', (_, written) => {
    expect(() => writeName(createWriter(), written)).toThrow(WireError);
  });

  it('refuse to run over the record they stand in', () => {
    expect(() => readName(createReader(Uint8Array.from([3, 0x61, 0x62, 0x63, 0]), 0, 3))).toThrow(WireError);
  });
});

function decodesOrRefuses(raw: Uint8Array): void {
  try {
    decodeMessage(raw);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
}

/** RFC 5952 by the platform's own hand. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
