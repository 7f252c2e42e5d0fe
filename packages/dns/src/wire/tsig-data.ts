import { readName, writeName } from './name.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** The rdata of a TSIG record (RFC 8945 section 4.2). */
export interface TsigData {
  /** Lower-case name of the algorithm, e.g. `hmac-sha256`. */
  readonly algorithm: string;
  /** Seconds since 1970, by the signer's clock. */
  readonly timeSeconds: number;
  readonly fudgeSeconds: number;
  /** Empty when the server could not sign: BADKEY and BADSIG. */
  readonly mac: Uint8Array;
  /** The message's id when it was signed; forwarders may have changed it since. */
  readonly originalId: number;
  /** Extended rcode: 0, 16 BADSIG, 17 BADKEY, 18 BADTIME, 22 BADTRUNC. */
  readonly error: number;
  /** With BADTIME: the server's time in 48 bits. */
  readonly other: Uint8Array;
}

/** Reads the rdata of a TSIG. Throws `WireError` when it is cut short. */
export function readTsig(reader: Reader): TsigData {
  return {
    algorithm: readName(reader),
    timeSeconds: reader.u48(),
    fudgeSeconds: reader.u16(),
    mac: reader.bytes(reader.u16()).slice(),
    originalId: reader.u16(),
    error: reader.u16(),
    other: reader.bytes(reader.u16()).slice(),
  };
}

/** Writes the rdata of a TSIG, the algorithm’s name uncompressed. */
export function writeTsig(writer: Writer, tsig: TsigData): void {
  writeName(writer, tsig.algorithm);
  writer.u48(tsig.timeSeconds);
  writer.u16(tsig.fudgeSeconds);
  writer.u16(tsig.mac.length);
  writer.bytes(tsig.mac);
  writer.u16(tsig.originalId);
  writer.u16(tsig.error);
  writer.u16(tsig.other.length);
  writer.bytes(tsig.other);
}
