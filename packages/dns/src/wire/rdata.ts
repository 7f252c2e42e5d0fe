import { ipv4FromBytes, ipv4ToBytes, ipv6FromBytes, ipv6ToBytes } from './address.ts';
import { readName, writeName } from './name.ts';
import type { Reader } from './reader.ts';
import { rrClass, rrType } from './registry.ts';
import { readTsig, type TsigData, writeTsig } from './tsig-data.ts';
import { WireError } from './wire-error.ts';
import type { Writer } from './writer.ts';

/**
 * The data of one resource record. `empty` has no bytes at all: prerequisites and deletions of an UPDATE (RFC 2136 sections 2.4, 2.5).
 * TXT strings hold one byte per character, so that nothing is lost whatever the encoding was.
 */
export type Rdata =
  | { readonly kind: 'empty' }
  | { readonly kind: 'a' | 'aaaa'; readonly address: string }
  | { readonly kind: 'ns' | 'cname'; readonly target: string }
  | { readonly kind: 'txt'; readonly strings: readonly string[] }
  | {
      readonly kind: 'soa';
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly rest: Timers;
    }
  | { readonly kind: 'tsig'; readonly tsig: TsigData }
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };

/** The four durations of a SOA in seconds: refresh, retry, expire, minimum (RFC 1035 section 3.3.13). */
export type Timers = readonly [number, number, number, number];

/** Reads rdata of `length` bytes that a record of this type and class carries. */
export function readRdata(outer: Reader, type: number, klass: number, length: number): Rdata {
  if (length === 0 && (klass !== rrClass.in || type !== rrType.txt)) return { kind: 'empty' };
  const reader = outer.slice(length);
  const data = readByType(reader, type);
  if (reader.offset !== reader.end) throw new WireError(`rdata of type ${type} has bytes left over`);
  return data;
}

function readByType(reader: Reader, type: number): Rdata {
  switch (type) {
    case rrType.a:
      return { kind: 'a', address: ipv4FromBytes(reader.bytes(reader.end - reader.offset)) };
    case rrType.aaaa:
      return { kind: 'aaaa', address: ipv6FromBytes(reader.bytes(reader.end - reader.offset)) };
    case rrType.ns:
      return { kind: 'ns', target: readName(reader) };
    case rrType.cname:
      return { kind: 'cname', target: readName(reader) };
    case rrType.txt:
      return { kind: 'txt', strings: readStrings(reader) };
    case rrType.soa:
      return {
        kind: 'soa',
        primary: readName(reader),
        mailbox: readName(reader),
        serial: reader.u32(),
        rest: [reader.u32(), reader.u32(), reader.u32(), reader.u32()],
      };
    case rrType.tsig:
      return { kind: 'tsig', tsig: readTsig(reader) };
    default:
      return { kind: 'unknown', bytes: reader.bytes(reader.end - reader.offset).slice() };
  }
}

function readStrings(reader: Reader): string[] {
  const strings: string[] = [];
  while (reader.offset < reader.end) strings.push(latin1(reader.bytes(reader.u8())));
  if (strings.length === 0) throw new WireError('a TXT record has at least one string');
  return strings;
}

/** Writes rdata without its length; names are never compressed. */
export function writeRdata(writer: Writer, data: Rdata): void {
  switch (data.kind) {
    case 'empty':
      break;
    case 'a':
      writer.bytes(ipv4ToBytes(data.address));
      break;
    case 'aaaa':
      writer.bytes(ipv6ToBytes(data.address));
      break;
    case 'ns':
    case 'cname':
      writeName(writer, data.target);
      break;
    case 'txt':
      writeStrings(writer, data.strings);
      break;
    case 'soa':
      writeName(writer, data.primary);
      writeName(writer, data.mailbox);
      for (const value of [data.serial, ...data.rest]) writer.u32(value);
      break;
    case 'tsig':
      writeTsig(writer, data.tsig);
      break;
    case 'unknown':
      writer.bytes(data.bytes);
  }
}

function writeStrings(writer: Writer, strings: readonly string[]): void {
  if (strings.length === 0) throw new WireError('a TXT record has at least one string');
  for (const text of strings) {
    writer.u8(text.length);
    for (const character of text) writer.u8(character.charCodeAt(0));
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
