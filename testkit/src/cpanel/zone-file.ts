/** A record as it stands in the zone file: `dname` is relative, absolute with a dot at its end, or `@`. */
export interface RecordLine {
  readonly kind: 'record';
  readonly dname: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: readonly string[];
}

/** A thing that stands in a zone file; `control` is such as `$TTL 14400`. */
export type ZoneLine = RecordLine | { readonly kind: 'comment' | 'control'; readonly text: string };

/** A record by its whole name, lower-case, without a dot at its end. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: readonly string[];
}

/** Physical lines that it takes up: an SOA has its five numbers on lines of their own, and the bracket that closes it. */
const linesOf = (line: ZoneLine): number => (line.kind === 'record' && line.type === 'SOA' ? 7 : 1);

/** Each with the physical line where it begins, from 0: what the API calls `line_index`. */
export function numbered(lines: readonly ZoneLine[]): readonly { readonly index: number; readonly line: ZoneLine }[] {
  let next = 0;
  return lines.map((line) => {
    const index = next;
    next += linesOf(line);
    return { index, line };
  });
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The lines as both APIs show them. */
export function viewLines(lines: readonly ZoneLine[]): readonly object[] {
  return numbered(lines).map(({ index, line }) =>
    line.kind === 'record'
      ? {
          ...{ line_index: index, type: 'record', record_type: line.type, ttl: line.ttl },
          ...{ dname_b64: base64(line.dname), data_b64: line.data.map(base64) },
        }
      : { line_index: index, type: line.kind, text_b64: base64(line.text) },
  );
}

/** The whole name, lower-case, without a dot at its end. A name without a dot at its end is one below the zone, whatever it looks like. */
export function absolute(dname: string, zone: string): string {
  const lower = dname.toLowerCase();
  if (lower === '@') return zone;
  return lower.endsWith('.') ? lower.slice(0, -1) : `${lower}.${zone}`;
}

/** As the zone file writes a name of the zone: the apex absolute, others relative. */
export function asWritten(name: string, zone: string): string {
  return name === zone ? `${zone}.` : name.slice(0, -zone.length - 1);
}

/** The lines of a new zone: two comments, `$TTL`, SOA, NS. */
export function newZoneLines(zone: string, serial: number): readonly ZoneLine[] {
  const record = (type: string, data: readonly string[]): RecordLine => ({
    ...{ kind: 'record', dname: `${zone}.`, ttl: 86_400 },
    ...{ type, data },
  });
  return [
    { kind: 'comment', text: '; Emulated zone file' },
    { kind: 'comment', text: `; for ${zone}` },
    { kind: 'control', text: '$TTL 14400' },
    record('SOA', [`ns1.${zone}.`, `hostmaster.${zone}.`, `${serial}`, '3600', '1800', '1209600', '86400']),
    record('NS', [`ns1.${zone}.`]),
  ];
}
