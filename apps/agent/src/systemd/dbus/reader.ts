import { alignment, parseSignature, parseSingleType, type WireType, type WireValue } from './signature.ts';
import { WireError } from './wire-error.ts';

const longestArrayBytes = 64 * 1024 * 1024;
/** The specification's limit for containers inside variants inside containers. */
const deepestValue = 64;

/** Reads values off the wire; every length is checked against what is there before anything is made of it. Throws WireError only. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #isLittleEndian: boolean;
  #at = 0;

  constructor(bytes: Buffer, isLittleEndian: boolean) {
    this.#bytes = bytes;
    this.#isLittleEndian = isLittleEndian;
  }

  get position(): number {
    return this.#at;
  }

  /** All values of a signature. */
  readAll(signature: string): WireValue[] {
    return parseSignature(signature).map((type) => this.read(type, 0));
  }

  align(boundary: number): void {
    const next = Math.ceil(this.#at / boundary) * boundary;
    const padding = this.#take(next - this.#at);
    if (padding.some((byte) => byte !== 0)) throw new WireError('padding is not zero');
  }

  read(type: WireType, depth: number): WireValue {
    if (depth > deepestValue) throw new WireError('a value is nested too deeply');
    this.align(alignment[type.code]);
    switch (type.code) {
      case 'a':
        return this.#readArray(type.element, depth);
      case '(':
      case '{':
        return type.fields.map((field) => this.read(field, depth + 1));
      case 'v':
        return this.#readVariant(depth);
      case 's':
        return this.#readText(this.#unsigned(4));
      case 'o':
        return this.#readPath();
      case 'g':
        return this.#readText(this.#unsigned(1));
      case 'b':
        return this.#readBoolean();
      default:
        return this.#readNumber(type.code);
    }
  }

  #readNumber(code: 'y' | 'n' | 'q' | 'i' | 'u' | 'h' | 'x' | 't' | 'd'): number | bigint {
    const little = this.#isLittleEndian;
    switch (code) {
      case 'y':
        return this.#unsigned(1);
      case 'q':
        return this.#unsigned(2);
      case 'u':
      case 'h':
        return this.#unsigned(4);
      case 'n':
        return little ? this.#take(2).readInt16LE() : this.#take(2).readInt16BE();
      case 'i':
        return little ? this.#take(4).readInt32LE() : this.#take(4).readInt32BE();
      case 'x':
        return little ? this.#take(8).readBigInt64LE() : this.#take(8).readBigInt64BE();
      case 't':
        return little ? this.#take(8).readBigUInt64LE() : this.#take(8).readBigUInt64BE();
      case 'd':
        return little ? this.#take(8).readDoubleLE() : this.#take(8).readDoubleBE();
    }
  }

  #readBoolean(): boolean {
    const value = this.#unsigned(4);
    if (value > 1) throw new WireError('a boolean is neither 0 nor 1');
    return value === 1;
  }

  #readText(length: number): string {
    const text = this.#take(length);
    if (this.#unsigned(1) !== 0) throw new WireError('a string does not end with zero');
    if (text.includes(0)) throw new WireError('a string has a zero inside');
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw new WireError('a string is not UTF-8');
    }
  }

  #readPath(): string {
    const path = this.#readText(this.#unsigned(4));
    if (!/^\/$|^(\/[A-Za-z0-9_]+)+$/.test(path)) throw new WireError('not an object path');
    return path;
  }

  #readVariant(depth: number): WireValue {
    const signature = this.#readText(this.#unsigned(1));
    return { signature, value: this.read(parseSingleType(signature), depth + 1) };
  }

  /** Each element takes at least one byte, so the loop ends within the array's own length. */
  #readArray(element: WireType, depth: number): WireValue {
    const length = this.#unsigned(4);
    if (length > longestArrayBytes) throw new WireError('an array is longer than 64 MiB');
    this.align(alignment[element.code]);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireError('an array is longer than its message');
    const values: WireValue[] = [];
    while (this.#at < end) values.push(this.read(element, depth + 1));
    if (this.#at !== end) throw new WireError('an array ends inside an element');
    return values;
  }

  #unsigned(size: 1 | 2 | 4): number {
    const bytes = this.#take(size);
    return this.#isLittleEndian ? bytes.readUIntLE(0, size) : bytes.readUIntBE(0, size);
  }

  #take(size: number): Buffer {
    const end = this.#at + size;
    if (end > this.#bytes.length) throw new WireError('the message ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
