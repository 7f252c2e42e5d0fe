import { readName, writeName } from './name.ts';
import { type Rdata, readRdata, writeRdata } from './rdata.ts';
import { createReader, type Reader } from './reader.ts';
import { rrType } from './registry.ts';
import { WireError } from './wire-error.ts';
import { createWriter, type Writer } from './writer.ts';

/** An entry of the question section; the Zone section of an UPDATE (RFC 2136 section 2.3). */
export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** One record of any section (RFC 1035 section 3.2.1). */
export interface ResourceRecord {
  /** Lower case, without trailing dot. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  readonly data: Rdata;
}

/** The bits of the header that mean something to us (RFC 1035 section 4.1.1). */
export interface Flags {
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
}

/** A DNS message (RFC 1035 section 4). In an UPDATE the sections are zone, prerequisites, changes, additional. */
export interface Message {
  readonly id: number;
  readonly opcode: number;
  readonly rcode: number;
  readonly flags: Flags;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
}

/** A message as it came, with the place where its TSIG begins: what came before is what was signed. */
export interface DecodedMessage extends Message {
  /** Null without a TSIG. */
  readonly tsigOffset: number | null;
}

/** A request that wants no recursion. */
export const plainFlags: Flags = {
  response: false,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
};

const flagBits = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionDesired: 0x0100 } as const;
const recursionAvailableBit = 0x0080;
/** Length of the header in bytes. */
export const headerBytes = 12;

/** Puts a message into bytes, without compression. Throws `WireError` for what no message can hold. */
export function encodeMessage(message: Message): Uint8Array {
  const { flags } = message;
  const writer = createWriter();
  writer.u16(message.id);
  let word = ((message.opcode & 15) << 11) | (message.rcode & 15);
  if (flags.response) word |= flagBits.response;
  if (flags.authoritative) word |= flagBits.authoritative;
  if (flags.truncated) word |= flagBits.truncated;
  if (flags.recursionDesired) word |= flagBits.recursionDesired;
  if (flags.recursionAvailable) word |= recursionAvailableBit;
  writer.u16(word);
  for (const section of [message.questions, message.answers, message.authority, message.additional]) {
    writer.u16(section.length);
  }
  for (const question of message.questions) {
    writeName(writer, question.name);
    writer.u16(question.type);
    writer.u16(question.class);
  }
  for (const record of [...message.answers, ...message.authority, ...message.additional]) writeRecord(writer, record);
  return writer.finish();
}

/** Writes a record without compression. Throws `WireError` for what no record can hold. */
export function writeRecord(writer: Writer, record: ResourceRecord): void {
  writeName(writer, record.name);
  writer.u16(record.type);
  writer.u16(record.class);
  writer.u32(record.ttlSeconds);
  writer.withLength((inner) => writeRdata(inner, record.data));
}

/** Reads a whole message. Throws `WireError` for everything else: too short, too long, loops, a TSIG that is not last (RFC 8945 5.1). */
export function decodeMessage(bytes: Uint8Array): DecodedMessage {
  const reader = createReader(bytes);
  const id = reader.u16();
  const word = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
  const questions: Question[] = [];
  for (let index = 0; index < counts[0]; index += 1) {
    questions.push({ name: readName(reader), type: reader.u16(), class: reader.u16() });
  }
  const answers = readSection(reader, counts[1]);
  const authority = readSection(reader, counts[2]);
  const additional = readSection(reader, counts[3]);
  if (reader.offset !== bytes.length) throw new WireError('the message has bytes left over');
  return {
    id,
    opcode: (word >> 11) & 15,
    rcode: word & 15,
    flags: {
      response: (word & flagBits.response) !== 0,
      authoritative: (word & flagBits.authoritative) !== 0,
      truncated: (word & flagBits.truncated) !== 0,
      recursionDesired: (word & flagBits.recursionDesired) !== 0,
      recursionAvailable: (word & recursionAvailableBit) !== 0,
    },
    questions,
    answers: withoutTsig(answers.records),
    authority: withoutTsig(authority.records),
    additional: additional.records,
    tsigOffset: tsigOffset(additional.records, additional.lastOffset),
  };
}

function readSection(reader: Reader, count: number): { records: ResourceRecord[]; lastOffset: number } {
  const records: ResourceRecord[] = [];
  let lastOffset = reader.offset;
  for (let index = 0; index < count; index += 1) {
    lastOffset = reader.offset;
    const name = readName(reader);
    const type = reader.u16();
    const klass = reader.u16();
    const ttlSeconds = reader.u32();
    records.push({ name, type, class: klass, ttlSeconds, data: readRdata(reader, type, klass, reader.u16()) });
  }
  return { records, lastOffset };
}

function withoutTsig(records: ResourceRecord[]): ResourceRecord[] {
  if (records.some((record) => record.type === rrType.tsig)) throw new WireError('a TSIG stands outside its section');
  return records;
}

function tsigOffset(additional: ResourceRecord[], lastOffset: number): number | null {
  const place = additional.findIndex((record) => record.type === rrType.tsig);
  if (place === -1) return null;
  if (place !== additional.length - 1) throw new WireError('a TSIG is not the last record');
  return lastOffset;
}
