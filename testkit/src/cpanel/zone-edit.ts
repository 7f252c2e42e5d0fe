import { isIPv4, isIPv6 } from 'node:net';
import { refusals } from './refusal.ts';

/** A record as a client sends it. */
export interface RecordInput {
  readonly dname: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: readonly string[];
}

/** What one call asks to change. */
export interface ZoneEdit {
  readonly serial: number;
  readonly add: readonly RecordInput[];
  readonly edit: readonly { readonly index: number; readonly record: RecordInput }[];
  readonly remove: readonly number[];
}

/** Reads the parameters of a mass edit, or throws the refusal. */
export function readEdit(parameters: URLSearchParams): ZoneEdit {
  const serial = parameters.get('serial');
  if (serial === null) throw refusals.missing('serial');
  if (!/^\d{1,10}$/.test(serial)) throw refusals.invalid('a serial is a number');
  const edit = {
    serial: Number(serial),
    add: several(parameters, 'add').map((text) => readRecord(readObject(text))),
    edit: several(parameters, 'edit').map((text) => {
      const sent = readObject(text);
      return { index: readIndex(sent['line_index']), record: readRecord(sent) };
    }),
    remove: several(parameters, 'remove').map(readIndex),
  };
  if (edit.add.length + edit.edit.length + edit.remove.length === 0) throw refusals.missing('add, edit or remove');
  return edit;
}

/** `add`, `add-0`, `add-1` … : each is one. The same name twice is refused, since it is not known which one counts. */
function several(parameters: URLSearchParams, name: string): readonly string[] {
  const found = [...parameters].filter(([key]) => key === name || (key.startsWith(`${name}-`) && /-\d+$/.test(key)));
  if (new Set(found.map(([key]) => key)).size < found.length) throw refusals.invalid(`${name} is there twice`);
  return found.map(([, value]) => value);
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // refused below, as anything else that is no object
  }
  throw refusals.invalid('each record is one JSON object');
}

/** A line index that was left out is no 0. */
function readIndex(sent: unknown): number {
  if (!/^\d+$/.test(`${sent ?? ''}`)) throw refusals.invalid('a line index is needed');
  return Number(sent);
}

const isOne = (data: readonly string[], test: (text: string) => boolean): boolean =>
  data.length === 1 && test(data[0] ?? '');
const isText = (text: string): boolean => text !== '';

/** The types that can be written, and what their data must be like. */
const writable: ReadonlyMap<string, (data: readonly string[]) => boolean> = new Map([
  ['A', (data) => isOne(data, isIPv4)],
  ['AAAA', (data) => isOne(data, isIPv6)],
  ['ALIAS', (data) => isOne(data, isText)],
  ['CAA', (data) => data.length === 3],
  ['CNAME', (data) => isOne(data, isText)],
  ['HTTPS', (data) => data.length >= 2],
  ['MX', (data) => data.length === 2],
  ['SRV', (data) => data.length === 4],
  ['SVCB', (data) => data.length >= 2],
  ['TXT', (data) => data.length > 0 && data.every((text) => Buffer.byteLength(text) <= 255)],
]);

/** An edit is a full replace: all four are needed. */
function readRecord({ dname, record_type: type, ttl, data }: Readonly<Record<string, unknown>>): RecordInput {
  if (typeof dname !== 'string' || dname === '') throw refusals.missing('dname');
  if (typeof type !== 'string') throw refusals.missing('record_type');
  const isFit = writable.get(type);
  if (isFit === undefined) throw refusals.invalid(`records of type ${type} cannot be written`);
  if (!/^[1-9]\d{0,9}$/.test(`${ttl ?? ''}`)) throw refusals.invalid('a TTL is a number above 0');
  const isList = Array.isArray(data) && data.every((text) => typeof text === 'string' || typeof text === 'number');
  const texts = isList ? data.map(String) : [];
  if (!isFit(texts)) throw refusals.invalid(`this is no data of type ${type}`);
  return { dname, type, ttl: Number(ttl), data: texts };
}
