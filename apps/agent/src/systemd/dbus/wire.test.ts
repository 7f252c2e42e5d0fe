import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, messageKinds, messageLength } from './message.ts';
import { WireReader } from './reader.ts';
import { parseSignature, type WireValue } from './signature.ts';
import { WireError } from './wire-error.ts';
import { WireWriter } from './writer.ts';

const table: readonly (readonly [signature: string, values: readonly WireValue[], hex: string])[] = [
  ['y', [255], 'ff'],
  ['b', [true], '01000000'],
  ['n', [-2], 'feff'],
  ['q', [65535], 'ffff'],
  ['i', [-1], 'ffffffff'],
  ['u', [4294967295], 'ffffffff'],
  ['x', [-1n], 'ffffffffffffffff'],
  ['t', [2n ** 64n - 1n], 'ffffffffffffffff'],
  ['d', [1.5], '000000000000f83f'],
  ['s', ['ä'], '02000000c3a400'],
  ['o', ['/a/b_2'], '060000002f612f625f3200'],
  ['g', ['a{sv}'], '05617b73767d00'],
  ['yu', [1, 2], '0100000002000000'],
  ['ay', [[1, 2]], '020000000102'],
  ['as', [[]], '00000000'],
  ['at', [[]], '0000000000000000'], // the padding before the first element is there although there is none
  ['v', [{ signature: 'u', value: 7 }], '0175000007000000'],
  ['(yq)', [[1, 2]], '01000200'],
  ['a{sv}', [[['k', { signature: 'b', value: false }]]], '1000000000000000010000006b0001620000000000000000'],
];

function written(signature: string, values: readonly WireValue[]): Buffer {
  const writer = new WireWriter();
  writer.writeAll(signature, values);
  return writer.bytes();
}

describe('values on the wire', () => {
  it.each(table)('%s is written as the specification has it, and read back', (signature, values, hex) => {
    expect(written(signature, values).toString('hex')).toBe(hex);
    expect(new WireReader(Buffer.from(hex, 'hex'), true).readAll(signature)).toEqual(values);
  });

  it('are read in big-endian order too', () => {
    const bytes = Buffer.from('000000070001ffff000000026869', 'hex');
    expect(new WireReader(Buffer.concat([bytes, Buffer.alloc(1)]), false).readAll('uqns')).toEqual([7, 1, -1, 'hi']);
  });

  it.each([
    ['s', '02000000ff6100', 'not UTF-8'],
    ['s', '02000000610000', 'a zero inside'],
    ['s', '010000006101', 'no zero at the end'],
    ['s', 'ffffffff61', 'longer than the message'],
    ['b', '02000000', 'neither true nor false'],
    ['o', '03000000612f6200', 'a path without a slash in front'],
    ['ay', '05000000010203', 'an array longer than the message'],
    ['au', '050000000000000000', 'an array that ends inside an element'],
    ['au', 'ffffffff', 'an array over the limit'],
    ['v', '00000000', 'a variant without a type'],
    ['v', '0275750000000000', 'a variant of two types'],
    ['yu', '0101000002000000', 'padding that is not zero'],
  ])('%s from %s is refused: %s', (signature, hex) => {
    expect(() => new WireReader(Buffer.from(hex, 'hex'), true).readAll(signature)).toThrow(WireError);
  });

  it.each(['a', '(', '()', 'a{sv', '{sv}', 'a{vs}', 'a{s}', 'a{sss}', 'z', ')', 'a'.repeat(40), '('.repeat(60)])(
    'the signature %s is refused',
    (signature) => {
      expect(() => parseSignature(signature)).toThrow(WireError);
    },
  );

  it.each([
    ['u', -1],
    ['y', 256],
    ['s', 1],
    ['t', 1],
    ['as', 'x'],
    ['v', 'x'],
    ['(ss)', ['x']],
    ['s', 'a\0b'],
  ])('a value that does not fit %s is our own mistake, and said', (signature, value) => {
    expect(() => written(signature, [value as WireValue])).toThrow(WireError);
  });

  it('nests no deeper than the specification allows, however the bytes ask for it', () => {
    const variants = Buffer.from(`${'017600'.repeat(400)}017900`, 'hex');
    expect(() => new WireReader(variants, true).readAll('v')).toThrow('nested too deeply');
  });
});

const message = {
  kind: messageKinds.signal,
  serial: 9,
  path: '/org/freedesktop/systemd1/unit/haproxy_2eservice',
  interface: 'org.freedesktop.DBus.Properties',
  member: 'PropertiesChanged',
  sender: ':1.2',
  signature: 'sa{sv}as',
  body: ['org.freedesktop.systemd1.Unit', [['ActiveState', { signature: 's', value: 'failed' }]], ['Job']],
} as const;

describe('messages', () => {
  it('are the same after a way over the wire', () => {
    const bytes = encodeMessage(message);
    expect(messageLength(bytes)).toBe(bytes.length);
    expect(decodeMessage(bytes)).toEqual({ ...message, replySerial: 0, errorName: '', destination: '' });
  });

  it('have no length before sixteen bytes are there', () => {
    expect(messageLength(encodeMessage(message).subarray(0, 15))).toBeNull();
  });

  it('larger than a megabyte are refused before they are collected', () => {
    const huge = Buffer.from(encodeMessage(message));
    huge.writeUInt32LE(0xfffffff0, 4);
    expect(() => messageLength(huge)).toThrow(WireError);
  });

  it('of any bytes are read or refused by WireError, never otherwise and never without end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => onlyWireError(Buffer.from(bytes))),
      {
        numRuns: 3_000,
      },
    );
  });

  it('with a few bytes changed or cut off are read or refused by WireError', () => {
    const edits = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(edits, fc.nat(500), (changes, keep) => {
        const bytes = Buffer.from(encodeMessage(message));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        onlyWireError(bytes);
        onlyWireError(bytes.subarray(0, keep));
      }),
      { numRuns: 5_000 },
    );
  });

  it('whose values are of any type are the same after a way over the wire', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...typed), { maxLength: 6 }), (values) => {
        const signature = values.map(([code]) => code).join('');
        const body = values.map(([, value]) => value);
        expect(decodeMessage(encodeMessage({ kind: 1, serial: 1, signature, body })).body).toEqual(body);
      }),
    );
  });
});

const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
const typed: fc.Arbitrary<readonly [string, WireValue]>[] = [
  fc.tuple(fc.constant('y'), fc.nat(255)),
  fc.tuple(fc.constant('b'), fc.boolean()),
  fc.tuple(fc.constant('i'), fc.integer()),
  fc.tuple(fc.constant('t'), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  fc.tuple(fc.constant('d'), fc.double({ noNaN: true })),
  fc.tuple(fc.constant('s'), text),
  fc.tuple(fc.constant('as'), fc.array(text)),
  fc.tuple(fc.constant('a(su)'), fc.array(fc.tuple(text, fc.nat()))),
  fc.tuple(
    fc.constant('v'),
    text.map((value) => ({ signature: 's', value })),
  ),
];

function onlyWireError(bytes: Buffer): void {
  try {
    const length = messageLength(bytes);
    if (length !== null && length <= bytes.length) decodeMessage(bytes.subarray(0, length));
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
}
