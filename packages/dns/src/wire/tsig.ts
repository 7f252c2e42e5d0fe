import { createHmac, timingSafeEqual } from 'node:crypto';
import { type DecodedMessage, headerBytes, type ResourceRecord, writeRecord } from './message.ts';
import { writeName } from './name.ts';
import { rrClass, rrType } from './registry.ts';
import type { TsigData } from './tsig-data.ts';
import { WireError } from './wire-error.ts';
import { createWriter } from './writer.ts';

/** The algorithms of RFC 8945 section 6 that are neither broken nor truncated, and node:crypto's names for them. */
export const tsigAlgorithms = { 'hmac-sha256': 'sha256', 'hmac-sha384': 'sha384', 'hmac-sha512': 'sha512' } as const;
/** The name of an algorithm, as TSIG has it. */
export type TsigAlgorithm = keyof typeof tsigAlgorithms;

/** A key ready to sign with. */
export interface TsigKey {
  /** Lower case, without trailing dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/** A message with its signature, to be sent as it is. */
export interface SignedMessage {
  readonly bytes: Uint8Array;
  /** Goes into the digest of the reply, which proves that it answers this request. */
  readonly mac: Uint8Array;
}

/** What a reply's TSIG says. Only under `proven` may anything in the reply be believed. */
export type Proof =
  | { readonly kind: 'proven'; readonly tsig: TsigData }
  /** No signature at all, or a TSIG without MAC, which says by `error` why there is none. */
  | { readonly kind: 'unsigned'; readonly error: number }
  /** A signature that is not this key's over this reply. */
  | { readonly kind: 'forged' };

/** Allowed difference of the clocks, as RFC 8945 section 10 recommends. */
export const fudgeSeconds = 300;

/** Signs a request (RFC 8945 section 5.1). `timeSeconds` is the wall clock's time since 1970. */
export function signMessage(bytes: Uint8Array, key: TsigKey, timeSeconds: number): SignedMessage {
  const unsigned = { algorithm: key.algorithm, timeSeconds, fudgeSeconds, error: 0, other: new Uint8Array(0) };
  const mac = digest(key, new Uint8Array(0), bytes, unsigned);
  const originalId = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const record: ResourceRecord = {
    name: key.name,
    type: rrType.tsig,
    class: rrClass.any,
    ttlSeconds: 0,
    data: { kind: 'tsig', tsig: { ...unsigned, mac, originalId } },
  };
  const writer = createWriter();
  writer.bytes(withAdditionalCount(bytes, 1));
  writeRecord(writer, record);
  return { bytes: writer.finish(), mac };
}

/**
 * Judges the TSIG of a reply to a request with this MAC (RFC 8945 section 5.3). The reply's time is not compared with ours: its digest
 * covers our request's MAC, so that it cannot be an old one, and a server whose clock is off has said BADTIME already.
 */
export function proveReply(bytes: Uint8Array, reply: DecodedMessage, key: TsigKey, requestMac: Uint8Array): Proof {
  if (reply.tsigOffset === null) return { kind: 'unsigned', error: 0 };
  const record = reply.additional.at(-1);
  if (record?.data.kind !== 'tsig') throw new WireError('a TSIG without data');
  const { tsig } = record.data;
  if (tsig.mac.length === 0) return { kind: 'unsigned', error: tsig.error };
  if (record.name !== key.name || tsig.algorithm !== key.algorithm) return { kind: 'forged' };
  const signed = withAdditionalCount(bytes.subarray(0, reply.tsigOffset), -1);
  new DataView(signed.buffer).setUint16(0, tsig.originalId);
  const mac = digest(key, requestMac, signed, tsig);
  // A shorter MAC would be allowed by RFC 8945 section 5.2.2.1, but no server sends one unasked.
  if (mac.length !== tsig.mac.length || !timingSafeEqual(mac, tsig.mac)) return { kind: 'forged' };
  return { kind: 'proven', tsig };
}

/** The server's time in seconds since 1970 that a BADTIME carries (RFC 8945 section 5.2.3), or null. */
export function badTimeSeconds(tsig: TsigData): number | null {
  if (tsig.other.length !== 6) return null;
  return Buffer.from(tsig.other).readUIntBE(0, 6);
}

type Variables = Pick<TsigData, 'algorithm' | 'timeSeconds' | 'fudgeSeconds' | 'error' | 'other'>;

/** RFC 8945 section 4.3: the request's MAC (for replies), the message, the TSIG's own variables. */
function digest(key: TsigKey, requestMac: Uint8Array, message: Uint8Array, variables: Variables): Uint8Array {
  const writer = createWriter();
  if (requestMac.length > 0) {
    writer.u16(requestMac.length);
    writer.bytes(requestMac);
  }
  writer.bytes(message);
  writeName(writer, key.name);
  writer.u16(rrClass.any);
  writer.u32(0);
  writeName(writer, variables.algorithm);
  writer.u48(variables.timeSeconds);
  writer.u16(variables.fudgeSeconds);
  writer.u16(variables.error);
  writer.u16(variables.other.length);
  writer.bytes(variables.other);
  return createHmac(tsigAlgorithms[key.algorithm], key.secret).update(writer.finish()).digest();
}

/** A copy of the message whose header counts one additional record more or less. */
function withAdditionalCount(bytes: Uint8Array, change: 1 | -1): Uint8Array<ArrayBuffer> {
  if (bytes.length < headerBytes) throw new WireError('a message without a header');
  const copy = new Uint8Array(bytes);
  const view = new DataView(copy.buffer);
  view.setUint16(10, view.getUint16(10) + change);
  return copy;
}
