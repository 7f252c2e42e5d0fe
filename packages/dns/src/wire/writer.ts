import { WireError } from './wire-error.ts';

/** A DNS message over TCP has a length of 16 bits (RFC 1035 section 4.2.2). */
export const maxMessageBytes = 65_535;

/** Appends big-endian values; throws `WireError` for what does not fit. */
export interface Writer {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  u48(value: number): void;
  bytes(value: Uint8Array): void;
  /** Writes `body` behind its own length in 16 bits, as rdata needs it. */
  withLength(body: (writer: Writer) => void): void;
  finish(): Uint8Array;
}

/** An empty message under construction. */
export function createWriter(): Writer {
  const written: number[] = [];
  const number = (value: number, length: number): void => {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) {
      throw new WireError(`${value} does not fit into ${length} bytes`);
    }
    for (let place = length - 1; place >= 0; place -= 1) written.push(Math.floor(value / 256 ** place) % 256);
  };
  const writer: Writer = {
    u8: (value) => number(value, 1),
    u16: (value) => number(value, 2),
    u32: (value) => number(value, 4),
    u48: (value) => number(value, 6),
    bytes(value) {
      for (const byte of value) written.push(byte);
    },
    withLength(body) {
      const inner = createWriter();
      body(inner);
      const bytes = inner.finish();
      writer.u16(bytes.length);
      writer.bytes(bytes);
    },
    finish() {
      if (written.length > maxMessageBytes) throw new WireError(`a message has at most ${maxMessageBytes} bytes`);
      return Uint8Array.from(written);
    },
  };
  return writer;
}
