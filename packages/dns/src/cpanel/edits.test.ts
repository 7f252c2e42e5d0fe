import { type DnsName, formatMark, type Ipv4, markName, type RecordView, type ReplaceRequest } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { aaaaOf, first6, markOf, second6, us } from '../contract/subject.ts';
import { editParameters, isNoEdit, type MassEdit, planEdits, rehearsalEdits } from './edits.ts';
import { one, ref, two, zoneName } from './testing.ts';
import { viewZone } from './view.ts';
import { mostWrites } from './zone-calls.ts';
import { type ZoneRecord, type ZoneText, zoneTextOf } from './zone-text.ts';

const text = formatMark(markOf(1));
const line = (lineIndex: number, type: string, field: string, name: string = ref.name): ZoneRecord => ({
  ...{ lineIndex, name, type, ttlSeconds: 60, fields: [field] },
});
const mark = (lineIndex: number, epoch = 1) => line(lineIndex, 'TXT', formatMark(markOf(epoch)), markName(ref));
const foreign = [line(90, 'A', one, `www.${zoneName}`), line(91, 'TXT', 'v=spf1 -all'), line(92, 'MX', 'mail')];
const zoneOf = (...records: ZoneRecord[]): ZoneText => zoneTextOf(7, [...records, ...foreign]);
const expected: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const wish = (address: Ipv4 = two, ttlSeconds = 60): ReplaceRequest => ({
  ...{ ref, expected, next: { address, ttlSeconds }, mark: markOf(1) },
});
const addressLine = { dname: `${ref.name}.`, ttl: 60, record_type: 'A', data: [two] };
const markLine = { dname: `_serverctl.${ref.name}.`, ttl: 60, record_type: 'TXT', data: [text] };

describe('the edit of a name', () => {
  it.each<[string, ZoneText, MassEdit | object]>([
    ['adds record and mark where neither is', zoneOf(), { add: [addressLine, markLine], edit: [], remove: [] }],
    [
      'edits both in place, line 0 as any other',
      zoneOf(line(0, 'A', one), mark(5, 9)),
      {
        add: [],
        edit: [
          { line_index: 0, ...addressLine },
          { line_index: 5, ...markLine },
        ],
        remove: [],
      },
    ],
    [
      'leaves what says so already',
      zoneOf(line(3, 'A', two), mark(4, 9)),
      { add: [], edit: [{ line_index: 4, ...markLine }], remove: [] },
    ],
    [
      'keeps one of several, and it is the one that holds the address',
      zoneOf(line(3, 'A', one), line(4, 'A', two), line(5, 'A', one), mark(6), mark(7)),
      { add: [], edit: [], remove: [3, 5, 7] },
    ],
    [
      'edits the first of several where none holds it',
      zoneOf(line(3, 'A', one), line(4, 'A', '192.0.2.9'), mark(6)),
      { add: [], edit: [{ line_index: 3, ...addressLine }], remove: [4] },
    ],
  ])('%s', (_, zone, edits) => expect(planEdits(zone, [wish()])).toEqual(edits));

  it('is of both where only the TTL changes, and none where all is as it should be', () => {
    const zone = zoneOf(line(3, 'A', two), mark(4));
    expect(planEdits(zone, [wish(two, 30)]).edit.map(({ line_index, ttl }) => [line_index, ttl])).toEqual([
      [3, 30],
      [4, 30],
    ]);
    expect(isNoEdit(planEdits(zone, [wish()]))).toBe(true);
  });

  it('removes each AAAA that shall go, raises the mark, and touches no A', () => {
    const zone = zoneOf(line(0, 'A', one), line(3, 'AAAA', first6), line(4, 'AAAA', second6), mark(5));
    const edits = planEdits(zone, [{ ref: aaaaOf(ref), expected, mark: markOf(2) }]);
    const data = [formatMark(markOf(2))];
    expect(edits).toEqual({ add: [], edit: [{ line_index: 5, ...markLine, data }], remove: [3, 4] });
  });

  it('names no line of another name or type, whatever stands there (R20)', () => {
    const touched = ({ edit, remove }: MassEdit) => [...edit.map(({ line_index }) => line_index), ...remove];
    const zone = zoneOf(line(1, 'A', one), line(2, 'AAAA', first6), mark(3, 4), line(4, 'A', one, `a.${ref.name}`));
    expect(touched(planEdits(zone, [wish()]))).toEqual([1, 3]);
    expect(touched(rehearsalEdits(zone, { ref }))).toEqual([1]);
  });
});

describe('the parameters of an edit', () => {
  it('are one JSON text each, numbered from the second on, with line 0', () => {
    const edits = planEdits(zoneOf(line(9, 'A', one), line(0, 'A', '192.0.2.9'), mark(2, 9)), [wish()]);
    expect([...editParameters(zoneName, 0, edits)]).toEqual([
      ['zone', zoneName],
      ['serial', '0'],
      ['edit', JSON.stringify({ line_index: 9, ...addressLine })],
      ['edit-1', JSON.stringify({ line_index: 2, ...markLine })],
      ['remove', '0'],
    ]);
  });
});

describe('the edit of many names', () => {
  const labels = Array.from({ length: mostWrites }, (_, n) => String(n).padStart(3, 'n'));
  const longest = `${'x'.repeat(63)}.`.repeat(3);
  const refs = labels.map((label) => {
    const name = `${label}.${longest}${zoneName}` as DnsName;
    return { zone: zoneName, name, type: 'A' } as const;
  });
  const requests = refs.map((to) => ({ ...wish(), ref: to }));

  it('is below 128 KiB for as many of the longest as go in one', () => {
    const body = editParameters(zoneName, 2 ** 32 - 1, planEdits(zoneOf(), requests)).toString();
    expect(body.length).toBeLessThan(128 * 1024);
    expect(body.match(/add(-\d+)?=/g)).toHaveLength(2 * mostWrites);
  });

  it('has one mark for A and AAAA of a name', () => {
    const six = { ref: aaaaOf(ref), expected, next: { address: first6, ttlSeconds: 60 }, mark: markOf(1) };
    const { add } = planEdits(zoneOf(), [wish(), six]);
    expect(add.map(({ record_type }) => record_type)).toEqual(['A', 'AAAA', 'TXT']);
  });
});

describe('a rehearsal', () => {
  it('says what the line says already, or adds a text that nobody reads', () => {
    const held = { ...addressLine, data: [one], line_index: 8 };
    expect(rehearsalEdits(zoneOf(line(8, 'A', one)), { ref })).toEqual({ add: [], edit: [held], remove: [] });
    const { add, edit } = rehearsalEdits(zoneOf(), { ref });
    expect([add.map(({ record_type }) => record_type), edit]).toEqual([['TXT'], []]);
  });
});

describe('the view of a name', () => {
  it.each(['CNAME', 'ALIAS'])('has no room for an address beside %s', (type) => {
    expect(viewZone(zoneOf(line(3, type, 'other.test.')), ref, us)).toMatchObject({ rrset: null, cname: true });
  });

  it('has all addresses, sorted, with the lowest of their TTLs, and an address that is none as it is written', () => {
    const zone = zoneOf({ ...line(3, 'A', two), ttlSeconds: 300 }, line(4, 'A', one), line(5, 'A', 'nonsense'));
    expect(viewZone(zone, ref, us).rrset).toEqual({ addresses: [one, two, 'nonsense'], ttlSeconds: 60 });
  });

  it.each([[null], [[]], [['192.0.2.1', '192.0.2.2']]])(
    'is refused where a line of it has the fields %j, and only there',
    (fields) => {
      const zone = zoneOf({ ...line(3, 'A', one), fields }, mark(4));
      expect(() => viewZone(zone, ref, us)).toThrow(expect.objectContaining({ code: 'dns_reply_malformed' }));
      expect(viewZone(zone, aaaaOf(ref), us).rrset).toBeNull();
    },
  );

  it('takes a mark of two strings for none of ours', () => {
    const zone = zoneOf({ ...mark(4), fields: [text.slice(0, 9), text.slice(9)] });
    expect(viewZone(zone, ref, us).mark).toMatchObject({ kind: 'unreadable' });
  });
});
