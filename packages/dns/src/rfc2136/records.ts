import { formatMark, type Mark, markName, type RecordRef, type RecordView } from '@serverctl/core';
import { addressData, addressType } from '../wire/address-records.ts';
import type { ResourceRecord } from '../wire/message.ts';
import type { Rdata } from '../wire/rdata.ts';
import { rrClass, rrType } from '../wire/registry.ts';
import { parseTexts } from './texts.ts';

const empty: Rdata = { kind: 'empty' };

function record(name: string, type: number, klass: number, data: Rdata, ttlSeconds = 0): ResourceRecord {
  return { name, type, class: klass, ttlSeconds, data };
}

/** Prerequisite "RRset exists (value independent)" (RFC 2136 section 2.4.1). */
export const exists = (name: string, type: number) => record(name, type, rrClass.any, empty);

/** Prerequisite "RRset does not exist" (RFC 2136 section 2.4.3). */
export const isAbsent = (name: string, type: number) => record(name, type, rrClass.none, empty);

/** Change "delete an RR from an RRset" (RFC 2136 section 2.5.4): nothing happens when the value is not there. */
export const deleteValue = (name: string, type: number, data: Rdata) => record(name, type, rrClass.none, data);

/** The values of a mark's TXT RRset, one entry a record, each its strings. */
function markTexts(mark: RecordView['mark']): readonly (readonly string[])[] {
  if (mark.kind === 'none') return [];
  return mark.kind === 'unreadable' ? parseTexts(mark.text) : [[formatMark(mark.mark)]];
}

/** The RRset of the ref's type holds exactly what was seen, all of it (RFC 2136 section 2.4.2), or is absent, and so is a CNAME. */
export function recordHolds(ref: RecordRef, expected: RecordView): ResourceRecord[] {
  const addresses = expected.rrset?.addresses ?? [];
  const type = addressType[ref.type];
  if (addresses.length === 0) return [isAbsent(ref.name, type), isAbsent(ref.name, rrType.cname)];
  return addresses.map((address) => record(ref.name, type, rrClass.in, addressData(ref.type, address)));
}

/** The mark's TXT RRset holds exactly what was seen, or is absent. */
export function markHolds(ref: RecordRef, expected: RecordView): ResourceRecord[] {
  const texts = markTexts(expected.mark);
  if (texts.length === 0) return [isAbsent(markName(ref), rrType.txt)];
  return texts.map((strings) => record(markName(ref), rrType.txt, rrClass.in, { kind: 'txt', strings }));
}

/** Puts one address in the place of the whole RRset: without the deletion the old one would stay beside it. */
export function replaceRecord(ref: RecordRef, address: string, ttlSeconds: number): ResourceRecord[] {
  return replaceRrset(ref.name, addressType[ref.type], addressData(ref.type, address), ttlSeconds);
}

/** Deletes the whole RRset of the ref's type and no other one (RFC 2136 section 2.5.2). */
export function deleteRecord(ref: RecordRef): ResourceRecord {
  return deleteRrset(ref.name, addressType[ref.type]);
}

/** Puts the mark in the place of the whole TXT RRset. */
export function replaceMark(ref: RecordRef, mark: Mark, ttlSeconds: number): ResourceRecord[] {
  return replaceRrset(markName(ref), rrType.txt, { kind: 'txt', strings: [formatMark(mark)] }, ttlSeconds);
}

function replaceRrset(name: string, type: number, data: Rdata, ttlSeconds: number): ResourceRecord[] {
  return [deleteRrset(name, type), record(name, type, rrClass.in, data, ttlSeconds)];
}

function deleteRrset(name: string, type: number): ResourceRecord {
  return record(name, type, rrClass.any, empty);
}
