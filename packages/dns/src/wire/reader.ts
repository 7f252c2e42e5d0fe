import { WireError } from './wire-error.ts';

/** Reads big-endian values one after the other; throws `WireError` instead of reading past the end. */
export interface Reader {
  /** Place of the next byte, from the start of the message. */
  readonly offset: number;
  /** The first place that may not be read. */
  readonly end: number;
  u8(): number;
  u16(): number;
  u32(): number;
  /** 48 bits, the width of TSIG's time (RFC 8945 section 4.2). */
  u48(): number;
  /** A view, not a copy. */
  bytes(length: number): Uint8Array;
  /** A byte anywhere in the message, for compressed names. */
  peek(offset: number): number;
  skipTo(offset: number): void;
  /** A reader over the next `length` bytes of the same message; this one goes on behind them. */
  slice(length: number): Reader;
}

/** Reads `message` from `start` to `end`. */
export function createReader(message: Uint8Array, start = 0, end = message.length): Reader {
  let offset = start;
  const take = (length: number): number => {
    if (length < 0 || offset + length > end) throw new WireError(`message ends at ${end}, needed ${offset + length}`);
    const at = offset;
    offset += length;
    return at;
  };
  const number = (length: number): number => {
    const at = take(length);
    let value = 0;
    for (let index = at; index < at + length; index += 1) value = value * 256 + (message[index] ?? 0);
    return value;
  };
  return {
    get offset() {
      return offset;
    },
    end,
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u48: () => number(6),
    bytes(length) {
      const at = take(length);
      return message.subarray(at, at + length);
    },
    peek(at) {
      const byte = at < message.length ? message[at] : undefined;
      if (byte === undefined) throw new WireError(`no byte at ${at}`);
      return byte;
    },
    skipTo(at) {
      if (at < offset || at > end) throw new WireError(`cannot skip from ${offset} to ${at}`);
      offset = at;
    },
    slice(length) {
      const at = take(length);
      return createReader(message, at, at + length);
    },
  };
}
