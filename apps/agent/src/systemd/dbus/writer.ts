import { alignment, parseSignature, parseSingleType, type WireType, type WireValue } from './signature.ts';
import { WireError } from './wire-error.ts';

/** Writes values little-endian. A value that does not fit its type is our own mistake and throws WireError. */
export class WireWriter {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  append(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  align(boundary: number): void {
    const missing = (boundary - (this.#length % boundary)) % boundary;
    if (missing > 0) this.append(Buffer.alloc(missing));
  }

  writeAll(signature: string, values: readonly WireValue[]): void {
    const types = parseSignature(signature);
    if (types.length !== values.length) throw new WireError(`${signature} does not fit ${values.length} values`);
    types.forEach((type, index) => {
      this.write(type, values[index] as WireValue);
    });
  }

  write(type: WireType, value: WireValue): void {
    this.align(alignment[type.code]);
    switch (type.code) {
      case 'a':
        this.#writeArray(type.element, asList(value));
        break;
      case '(':
      case '{':
        this.#writeFields(type.fields, asList(value));
        break;
      case 'v':
        this.#writeVariant(value);
        break;
      case 's':
      case 'o':
        this.#writeText(4, value);
        break;
      case 'g':
        this.#writeText(1, value);
        break;
      default:
        this.append(numberBytes(type.code, value));
    }
  }

  #writeText(lengthSize: 1 | 4, value: WireValue): void {
    if (typeof value !== 'string' || value.includes('\0')) throw new WireError('not a text for the wire');
    const text = Buffer.from(value, 'utf8');
    const length = Buffer.alloc(lengthSize);
    length.writeUIntLE(text.length, 0, lengthSize);
    this.append(Buffer.concat([length, text, Buffer.alloc(1)]));
  }

  #writeVariant(value: WireValue): void {
    if (typeof value !== 'object' || !('signature' in value)) throw new WireError('not a variant');
    this.#writeText(1, value.signature);
    this.write(parseSingleType(value.signature), value.value);
  }

  #writeFields(types: readonly WireType[], values: readonly WireValue[]): void {
    if (types.length !== values.length) throw new WireError('a struct has another number of fields');
    types.forEach((type, index) => {
      this.write(type, values[index] as WireValue);
    });
  }

  /** The length counts the elements, not the padding before the first one; so it is filled in afterwards. */
  #writeArray(element: WireType, values: readonly WireValue[]): void {
    const length = Buffer.alloc(4);
    this.append(length);
    this.align(alignment[element.code]);
    const start = this.#length;
    for (const value of values) this.write(element, value);
    length.writeUInt32LE(this.#length - start);
  }
}

type NumberCode = Exclude<WireType['code'], 'a' | '(' | '{' | 'v' | 's' | 'o' | 'g'>;

const writers: Readonly<Record<NumberCode, readonly [size: number, write: (to: Buffer, value: never) => void]>> = {
  y: [1, (to, value) => void to.writeUInt8(value)],
  n: [2, (to, value) => void to.writeInt16LE(value)],
  q: [2, (to, value) => void to.writeUInt16LE(value)],
  i: [4, (to, value) => void to.writeInt32LE(value)],
  u: [4, (to, value) => void to.writeUInt32LE(value)],
  h: [4, (to, value) => void to.writeUInt32LE(value)],
  x: [8, (to, value) => void to.writeBigInt64LE(value)],
  t: [8, (to, value) => void to.writeBigUInt64LE(value)],
  d: [8, (to, value) => void to.writeDoubleLE(value)],
  b: [4, (to, value) => void to.writeUInt32LE(value ? 1 : 0)],
};

function numberBytes(code: NumberCode, value: WireValue): Buffer {
  const [size, write] = writers[code];
  const expected = code === 'b' ? 'boolean' : code === 'x' || code === 't' ? 'bigint' : 'number';
  if (typeof value !== expected) throw new WireError(`${code} takes a ${expected}`);
  const bytes = Buffer.alloc(size);
  try {
    write(bytes, value as never);
  } catch {
    throw new WireError(`${String(value)} does not fit ${code}`);
  }
  return bytes;
}

function asList(value: WireValue): readonly WireValue[] {
  if (!Array.isArray(value)) throw new WireError('not a list for the wire');
  return value as readonly WireValue[];
}
