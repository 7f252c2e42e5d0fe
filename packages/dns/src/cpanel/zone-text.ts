import { isObject } from './envelope.ts';

/*
 * The zone file as the panel shows it, line by line. Fields are base64 of raw octets. Names are written as in the file:
 *
 *   ends with a dot   absolute
 *   @                 the origin
 *   anything else     below the origin: the zone, until a line `$ORIGIN` says another
 *
 * A line that is no record is not understood and not touched, but for `$ORIGIN` and `$TTL`. A record of which not even name, type and line
 * can be read makes the whole reply unreadable: it may be the one that is asked for, and must not be taken for absent. Where only its fields
 * cannot be read it is kept without, and is the trouble of whoever asks for that name.
 */

/** One record of the zone. */
export interface ZoneRecord {
  /** Counted from 0, and right only under the serial that was read with it: every change shifts lines. */
  readonly lineIndex: number;
  /** Absolute, in lower case, without the trailing dot. */
  readonly name: string;
  /** In upper case. */
  readonly type: string;
  readonly ttlSeconds: number;
  /** Its fields, an octet a character. Null = one of them cannot be read. */
  readonly fields: readonly string[] | null;
}

/** A zone at one moment. */
export interface ZoneText {
  /** What a write is conditional on. An unsigned number of 32 bits; that it looks like a date means nothing. */
  readonly serial: number;
  readonly records: readonly ZoneRecord[];
  /** The same by name: zones are long, and many names are looked for at once. */
  readonly byName: ReadonlyMap<string, readonly ZoneRecord[]>;
}

/** Why a zone cannot be read. */
export type ZoneProblem = 'no-list' | 'bad-line' | 'bad-name' | 'no-serial';

const greatestSerial = 2 ** 32 - 1;
const serialField = 2;

/** The zone in the `data` of `parse_zone` or the `payload` of `parse_dns_zone`. */
export function parseZoneText(entries: unknown, zone: string): ZoneText | ZoneProblem {
  if (!Array.isArray(entries)) return 'no-list';
  let origin = zone;
  let defaultTtl = 0;
  const records: ZoneRecord[] = [];
  for (const entry of entries) {
    if (!isObject(entry)) return 'bad-line';
    if (entry['type'] === 'control') {
      const control = parseControl(entry['text_b64'], origin);
      origin = control.origin ?? origin;
      defaultTtl = control.ttlSeconds ?? defaultTtl;
    }
    if (entry['type'] !== 'record') continue;
    const record = parseRecord(entry, origin, defaultTtl);
    if (typeof record === 'string') return record;
    records.push(record);
  }
  // An edit names lines by their index: where two have one, nobody knows which of them it would change (R20).
  if (new Set(records.map(({ lineIndex }) => lineIndex)).size < records.length) return 'bad-line';
  const serial = serialIn(records, zone);
  return serial === null ? 'no-serial' : zoneTextOf(serial, records);
}

export function zoneTextOf(serial: number, records: readonly ZoneRecord[]): ZoneText {
  return { serial, records, byName: Map.groupBy(records, ({ name }) => name) };
}

/** A serial as the panel writes it, in a field or in a reply; null for anything else than an unsigned number of 32 bits. */
export function parseSerial(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,10}$/.test(text)) return null;
  return Number(text) <= greatestSerial ? Number(text) : null;
}

/** The octets behind base64, one a character; null for what is none. */
export function decodeOctets(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/\s/g, ''); // encoders break lines
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64').toString('latin1');
}

/** A name as it stands in a zone file, made absolute; null for what is none. */
export function absoluteName(written: string, origin: string): string | null {
  const text = written.trim().toLowerCase();
  if (text === '' || /\s/.test(text)) return null;
  if (text === '@') return origin;
  if (text === '.') return '';
  if (text.endsWith('.')) return text.slice(0, -1);
  return origin === '' ? text : `${text}.${origin}`;
}

function parseRecord(entry: Record<string, unknown>, origin: string, defaultTtl: number): ZoneRecord | ZoneProblem {
  const { line_index, dname_b64, record_type, data_b64 } = entry;
  const lineIndex = countOf(line_index);
  if (lineIndex === null || typeof record_type !== 'string' || record_type === '') return 'bad-line';
  const written = decodeOctets(dname_b64);
  const name = written === null ? null : absoluteName(written, origin);
  if (name === null) return 'bad-name';
  const ttlSeconds = countOf(entry['ttl']) ?? defaultTtl;
  return { lineIndex, name, type: record_type.toUpperCase(), ttlSeconds, fields: fieldsIn(data_b64) };
}

function fieldsIn(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const fields = value.map(decodeOctets).filter((field) => field !== null);
  return fields.length === value.length ? fields : null;
}

function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function serialIn(records: readonly ZoneRecord[], zone: string): number | null {
  const [soa, ...others] = records.filter(({ name, type }) => type === 'SOA' && name === zone);
  return soa === undefined || others.length > 0 ? null : parseSerial(soa.fields?.[serialField]);
}

interface Control {
  readonly origin?: string | undefined;
  readonly ttlSeconds?: number | undefined;
}

/** `$ORIGIN` and `$TTL` (RFC 1035 section 5.1, RFC 2308 section 4), with a comment behind them or not. */
function parseControl(octets: unknown, origin: string): Control {
  const [word = '', value = ''] = (decodeOctets(octets) ?? '').replace(/;.*/s, '').trim().split(/\s+/);
  if (word.toUpperCase() === '$ORIGIN') return { origin: absoluteName(value, origin) ?? undefined };
  return word.toUpperCase() === '$TTL' ? { ttlSeconds: parseTtl(value) ?? undefined } : {};
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Seconds, or BIND's `1h30m`. */
function parseTtl(text: string): number | null {
  if (!/^(?:\d{1,9}[smhdw])*(?:\d{1,9}[smhdw]?)$/i.test(text)) return null;
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 1), 0);
}
