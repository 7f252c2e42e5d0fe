import { refusals } from './refusal.ts';
import type { RecordInput, ZoneEdit } from './zone-edit.ts';
import {
  absolute,
  asWritten,
  newZoneLines,
  numbered,
  type RecordLine,
  viewLines,
  type ZoneLine,
  type ZoneRecord,
} from './zone-file.ts';

/** The zone after a change, and the names whose records are others than before. */
export interface ZoneChange {
  readonly zone: string;
  readonly serial: number;
  readonly names: readonly string[];
  readonly records: readonly ZoneRecord[];
}

/** A zone, held as the lines of its file. */
export class EmulatedZone {
  readonly name: string;
  #lines: readonly ZoneLine[];

  constructor(name: string, serial: number) {
    this.name = name;
    this.#lines = newZoneLines(name, serial);
  }

  get lines(): readonly ZoneLine[] {
    return this.#lines;
  }

  /** That of the SOA. */
  get serial(): number {
    const soa = this.records().find(({ type }) => type === 'SOA');
    return Number(soa?.data[2] ?? 0);
  }

  /** As the APIs show it. */
  view(): readonly object[] {
    return viewLines(this.#lines);
  }

  records(): readonly ZoneRecord[] {
    return recordsOf(this.#lines, this.name);
  }

  /** The data of the records of one name and type, such as the addresses that it leads to. */
  held(name: string, type: string): readonly string[] {
    const found = this.records().filter((record) => record.name === name && record.type === type);
    return found.map(({ data }) => data.join(' '));
  }

  /** Puts these lines in place of all, as they are, with whatever serial they have: what somebody does with an editor. */
  write(lines: readonly ZoneLine[]): void {
    this.#lines = lines;
  }

  /** Appends a record as somebody else does, and raises the serial. */
  append(dname: string, type: string, data: string, ttl = 14_400): void {
    this.#lines = raised([...this.#lines, { kind: 'record', dname, type, ttl, data: [data] }], this.serial + 1);
  }

  /** Drops the records of one name and type as somebody else does, and raises the serial. */
  drop(name: string, type: string): void {
    const isMeant = (line: ZoneLine) =>
      line.kind === 'record' && line.type === type && absolute(line.dname, this.name) === name;
    this.#lines = raised(
      this.#lines.filter((line) => !isMeant(line)),
      this.serial + 1,
    );
  }

  /** Applies all of it or, throwing a refusal, nothing. `firstOfDay` is YYYYMMDD00. */
  apply(edit: ZoneEdit, firstOfDay: number): void {
    if (edit.serial !== this.serial) throw refusals.stale(edit.serial, this.serial);
    const changed = new Map<number, RecordLine | null>();
    const change = (index: number, line: RecordLine | null) => {
      if (changed.has(index)) throw refusals.invalid(`line ${index} is changed twice`);
      changed.set(index, line);
    };
    for (const { index, record } of edit.edit) change(index, this.#written(record));
    for (const index of edit.remove) change(index, null);
    const before = numbered(this.#lines);
    for (const index of changed.keys()) demandEditable(before.find((one) => one.index === index)?.line, index);
    const kept = before.flatMap(({ index, line }) => {
      const now = changed.get(index);
      return now === undefined ? [line] : now === null ? [] : [now];
    });
    const after = [...kept, ...edit.add.map((record) => this.#written(record))];
    demandNothingBesideCname(recordsOf(after, this.name));
    this.#lines = raised(after, Math.max((this.serial + 1) % 2 ** 32, firstOfDay));
  }

  #written({ dname, type, ttl, data }: RecordInput): RecordLine {
    const name = absolute(dname, this.name);
    const isInside = name === this.name || name.endsWith(`.${this.name}`);
    if (!isInside) throw refusals.invalid(`${dname} is not in the zone`);
    return { kind: 'record', dname: asWritten(name, this.name), type, ttl, data };
  }
}

/** What another state of the zone has changed. */
export function changeSince(before: readonly ZoneRecord[], zone: EmulatedZone): ZoneChange {
  const records = zone.records();
  const [old, now] = [before, records].map((all) => Map.groupBy(all, ({ name }) => name));
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])];
  const isOther = (name: string) => JSON.stringify(old?.get(name)) !== JSON.stringify(now?.get(name));
  return { zone: zone.name, serial: zone.serial, names: names.filter(isOther), records };
}

function recordsOf(lines: readonly ZoneLine[], zone: string): readonly ZoneRecord[] {
  const records = lines.filter((line) => line.kind === 'record');
  return records.map(({ dname, type, ttl, data }) => ({ name: absolute(dname, zone), type, ttl, data }));
}

function raised(lines: readonly ZoneLine[], serial: number): readonly ZoneLine[] {
  return lines.map((line) =>
    line.kind === 'record' && line.type === 'SOA'
      ? { ...line, data: line.data.map((part, at) => (at === 2 ? `${serial}` : part)) }
      : line,
  );
}

function demandEditable(line: ZoneLine | undefined, index: number): void {
  const isRecord = line?.kind === 'record' && line.type !== 'SOA' && line.type !== 'NS';
  if (!isRecord) throw refusals.invalid(`on line ${index} begins no record that can be edited`);
}

/** No name server loads a zone where it is not alone (RFC 1034, section 3.6.2). */
function demandNothingBesideCname(records: readonly ZoneRecord[]): void {
  for (const { name } of records.filter(({ type }) => type === 'CNAME'))
    if (records.filter((record) => record.name === name).length > 1)
      throw refusals.invalid(`${name} has a CNAME and other records`);
}
