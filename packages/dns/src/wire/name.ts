import type { Reader } from './reader.ts';
import { WireError } from './wire-error.ts';
import type { Writer } from './writer.ts';

// RFC 1035 section 2.3.4 and 3.1: a label has at most 63 bytes, a name 255 with its length bytes and the root.
const maxLabelBytes = 63;
const maxNameBytes = 255;
/** A pointer may lead to a pointer; more of them than a name has labels is an attack on our time. */
const maxPointers = 127;

/**
 * Reads a name, following compression (RFC 1035 section 4.1.4). Returns lower-case text without the trailing dot, '' for the root;
 * bytes that are not printable are `\DDD`, dots and backslashes inside a label are escaped.
 * Every pointer must lead to before the place where its own part of the name began, so that no loop exists.
 */
export function readName(reader: Reader): string {
  const labels: string[] = [];
  let nameBytes = 1;
  let pointers = 0;
  let at = reader.offset;
  let partStart = at;
  let resumeAt: number | null = null;
  for (;;) {
    const length = byteAt(reader, at, resumeAt === null);
    if (length === 0) break;
    if (length >= 0xc0) {
      const target = (length & 0x3f) * 256 + byteAt(reader, at + 1, resumeAt === null);
      if (target >= partStart) throw new WireError(`a name's pointer at ${at} does not lead backwards`);
      pointers += 1;
      if (pointers > maxPointers) throw new WireError('a name has too many pointers');
      resumeAt ??= at + 2;
      at = target;
      partStart = target;
      continue;
    }
    if (length > maxLabelBytes) throw new WireError(`unknown kind of label at ${at}`);
    nameBytes += length + 1;
    if (nameBytes > maxNameBytes) throw new WireError('a name is longer than 255 bytes');
    let label = '';
    for (let index = at + 1; index <= at + length; index += 1) {
      label += escapeByte(byteAt(reader, index, resumeAt === null));
    }
    labels.push(label);
    at += length + 1;
  }
  reader.skipTo(resumeAt ?? at + 1);
  return labels.join('.');
}

/** Inside its own record a name may not run over the record's end; behind a pointer the whole message is open to it. */
function byteAt(reader: Reader, at: number, own: boolean): number {
  if (own && at >= reader.end) throw new WireError(`a name runs over the end at ${reader.end}`);
  return reader.peek(at);
}

/** Writes a name in lower case and without compression: the canonical form that TSIG signs (RFC 8945 section 4.3.3). */
export function writeName(writer: Writer, name: string): void {
  let nameBytes = 1;
  for (const label of splitLabels(name)) {
    if (label.length === 0 || label.length > maxLabelBytes) throw new WireError(`a label has 1 to 63 bytes: ${name}`);
    nameBytes += label.length + 1;
    if (nameBytes > maxNameBytes) throw new WireError(`a name has at most 255 bytes: ${name}`);
    writer.u8(label.length);
    writer.bytes(Uint8Array.from(label));
  }
  writer.u8(0);
}

function splitLabels(name: string): number[][] {
  if (name === '' || name === '.') return [];
  const labels: number[][] = [[]];
  const pattern = /\\([0-9]{3})|\\(.)|([^\\])/gsy;
  let matched = 0;
  for (const [whole, decimal, escaped, plain] of name.matchAll(pattern)) {
    matched += whole.length;
    if (plain === '.') labels.push([]);
    else labels.at(-1)?.push(decimal === undefined ? byteOf(escaped ?? plain ?? '', name) : smallNumber(decimal, name));
  }
  if (matched !== name.length) throw new WireError(`a name ends in the middle of an escape: ${name}`);
  if (labels.at(-1)?.length === 0 && labels.length > 1) labels.pop();
  return labels;
}

function byteOf(character: string, name: string): number {
  const code = character.charCodeAt(0);
  if (character.length !== 1 || code > 0x7e || code < 0x21) throw new WireError(`a name may not hold this: ${name}`);
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

function smallNumber(decimal: string, name: string): number {
  const code = Number(decimal);
  if (code > 255) throw new WireError(`an escape is beyond a byte: ${name}`);
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

function escapeByte(byte: number): string {
  const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  if (lower === 0x2e || lower === 0x5c) return `\\${String.fromCharCode(lower)}`;
  if (lower < 0x21 || lower > 0x7e) return `\\${String(lower).padStart(3, '0')}`;
  return String.fromCharCode(lower);
}
