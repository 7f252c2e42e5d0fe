/*
 * As much of DER (ITU-T X.690) as a certificate needs, written only: what others wrote is read by OpenSSL (node:crypto). Each function returns one
 * whole value, tag, length and content.
 */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** Below 128 in one byte, else the count of the bytes that hold it, and these. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff_ff ? 6 : length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export const sequence = (...parts: readonly Uint8Array[]) => tagged(tags.sequence, ...parts);
export const setOf = (...parts: readonly Uint8Array[]) => tagged(tags.set, ...parts);
export const octetString = (content: Uint8Array) => tagged(tags.octetString, content);
export const utf8String = (text: string) => tagged(tags.utf8String, Buffer.from(text, 'utf8'));
export const booleanTrue = () => tagged(tags.boolean, Buffer.from([0xff]));

/** A number from its big-endian bytes, never negative. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte, index) => byte !== 0 || index === bytes.length - 1);
  const short = bytes.subarray(start);
  return tagged(tags.integer, Buffer.from((short[0] ?? 0) >= 0x80 ? [0] : []), short);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return tagged(tags.bitString, Buffer.from([unusedBits]), content);
}

/** `1.2.840.10045.4.3.2` */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(tags.objectId, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

/** RFC 5280, section 4.1.2.5: two digits of the year until 2049, four after it; whole seconds. */
export function time(moment: Date): Buffer {
  const text = `${moment.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;
  const isLate = moment.getUTCFullYear() >= 2050;
  return tagged(isLate ? tags.generalizedTime : tags.utcTime, Buffer.from(isLate ? text : text.slice(2), 'ascii'));
}

/** `[number]` around whole values, as in `version [0]`. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return tagged(0xa0 | number, ...parts);
}

/** `[number]` in place of the value's own tag, as in the kinds of a GeneralName. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return tagged(0x80 | number, content);
}
