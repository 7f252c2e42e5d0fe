import { WireReader } from './reader.ts';
import type { WireValue } from './signature.ts';
import { WireError } from './wire-error.ts';
import { WireWriter } from './writer.ts';

export const messageKinds = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** One D-Bus message (specification, "Message Format"). Absent header fields are empty texts or 0. */
export interface DbusMessage {
  readonly kind: number;
  readonly serial: number;
  readonly replySerial: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly destination: string;
  readonly sender: string;
  readonly signature: string;
  readonly body: readonly WireValue[];
}

const fixedHeaderBytes = 16;
/** The specification allows 128 MiB; what systemd tells us of a few units is far below this. */
export const longestMessageBytes = 1024 * 1024;

const fieldCodes = [
  ['path', 1, 'o'],
  ['interface', 2, 's'],
  ['member', 3, 's'],
  ['errorName', 4, 's'],
  ['replySerial', 5, 'u'],
  ['destination', 6, 's'],
  ['sender', 7, 's'],
  ['signature', 8, 'g'],
] as const;

export function encodeMessage(message: Partial<DbusMessage> & Pick<DbusMessage, 'kind' | 'serial'>): Buffer {
  const body = new WireWriter();
  body.writeAll(message.signature ?? '', message.body ?? []);
  const fields = fieldCodes.flatMap(([name, code, signature]) => {
    const value = message[name];
    return value === undefined || value === '' || value === 0 ? [] : [[code, { signature, value }]];
  });
  const header = new WireWriter();
  header.writeAll('yyyyuua(yv)', ['l'.charCodeAt(0), message.kind, 0, 1, body.length, message.serial, fields]);
  header.align(8);
  header.append(body.bytes());
  return header.bytes();
}

/** How long the first message of a stream is, or null while too little of it is there. Throws WireError. */
export function messageLength(stream: Buffer): number | null {
  if (stream.length < fixedHeaderBytes) return null;
  const isLittleEndian = isLittle(stream);
  const at = (offset: number) => (isLittleEndian ? stream.readUInt32LE(offset) : stream.readUInt32BE(offset));
  const headerLength = Math.ceil((fixedHeaderBytes + at(12)) / 8) * 8;
  const length = headerLength + at(4);
  if (length > longestMessageBytes) throw new WireError(`a message of ${length} bytes is larger than allowed`);
  return length;
}

/** Reads one whole message. Throws WireError. */
export function decodeMessage(bytes: Buffer): DbusMessage {
  const length = messageLength(bytes);
  if (length !== bytes.length) throw new WireError('not exactly one message');
  const reader = new WireReader(bytes, isLittle(bytes));
  const [, kind, , version, , serial, fields] = reader.readAll('yyyyuua(yv)');
  if (version !== 1) throw new WireError('another version of the protocol');
  reader.align(8);
  const header = headerFields(fields as readonly HeaderField[]);
  const body = reader.readAll(header.signature);
  if (reader.position !== bytes.length) throw new WireError('bytes are left after the body');
  return { kind: kind as number, serial: serial as number, ...header, body };
}

type HeaderField = readonly [code: number, variant: { readonly signature: string; readonly value: WireValue }];

/** Fields of other codes are ignored, as the specification asks. */
function headerFields(fields: readonly HeaderField[]): Omit<DbusMessage, 'kind' | 'serial' | 'body'> {
  const text = (code: number, signature: string): string => {
    const found = fields.find(([fieldCode]) => fieldCode === code)?.[1];
    if (found === undefined) return '';
    if (found.signature !== signature) throw new WireError(`header field ${code} has another type`);
    return found.value as string;
  };
  const reply = fields.find(([code]) => code === 5)?.[1];
  if (reply !== undefined && reply.signature !== 'u') throw new WireError('header field 5 has another type');
  return {
    path: text(1, 'o'),
    interface: text(2, 's'),
    member: text(3, 's'),
    errorName: text(4, 's'),
    replySerial: (reply?.value as number | undefined) ?? 0,
    destination: text(6, 's'),
    sender: text(7, 's'),
    signature: text(8, 'g'),
  };
}

function isLittle(bytes: Buffer): boolean {
  if (bytes[0] === 0x6c) return true;
  if (bytes[0] === 0x42) return false;
  throw new WireError('the byte order is neither little nor big');
}
