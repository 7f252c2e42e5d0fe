import { createHmac } from 'node:crypto';
import { type DecodedMessage, decodeMessage, encodeMessage } from './message.ts';
import { writeName } from './name.ts';
import { rrClass, rrType } from './registry.ts';
import { type TsigKey, tsigAlgorithms } from './tsig.ts';
import type { TsigData } from './tsig-data.ts';
import { createWriter } from './writer.ts';

/** Signs a reply as a server does (RFC 8945 section 4.3), for fake servers; `changes` bend its TSIG, a `mac` among them its signature. */
export function signReply(
  reply: Uint8Array,
  request: DecodedMessage,
  key: TsigKey,
  timeSeconds: number,
  changes: Partial<TsigData> = {},
): Uint8Array {
  const asked = request.additional.at(-1)?.data;
  const requestMac = asked?.kind === 'tsig' ? asked.tsig.mac : new Uint8Array(0);
  const message = decodeMessage(reply);
  const tsig: TsigData = {
    ...{ algorithm: key.algorithm, timeSeconds, fudgeSeconds: 300, mac: new Uint8Array(0) },
    ...{ originalId: message.id, error: 0, other: new Uint8Array(0) },
    ...changes,
  };
  const writer = createWriter();
  writer.u16(requestMac.length);
  writer.bytes(requestMac);
  writer.bytes(reply);
  writeName(writer, key.name);
  writer.u16(rrClass.any);
  writer.u32(0);
  writeName(writer, tsig.algorithm);
  writer.u48(tsig.timeSeconds);
  writer.u16(tsig.fudgeSeconds);
  writer.u16(tsig.error);
  writer.u16(tsig.other.length);
  writer.bytes(tsig.other);
  const mac = changes.mac ?? createHmac(tsigAlgorithms[key.algorithm], key.secret).update(writer.finish()).digest();
  const record = { name: key.name, type: rrType.tsig, class: rrClass.any, ttlSeconds: 0 };
  return encodeMessage({ ...message, additional: [{ ...record, data: { kind: 'tsig', tsig: { ...tsig, mac } } }] });
}
