import { describe, expect, it } from 'vitest';
import { base64, entries, type ZoneLine } from './testing.ts';
import { absoluteName, decodeOctets, parseSerial, parseZoneText } from './zone-text.ts';

const soaFields = ['ns1.example.test.', 'admin.example.test.', '2026010199', '3600', '1800', '1209600', '86400'];
const soa: ZoneLine = { kind: 'record', dname: 'example.test.', type: 'SOA', ttl: 86_400, data: soaFields };
const address = (dname: string): ZoneLine => ({ kind: 'record', dname, type: 'A', ttl: 60, data: ['192.0.2.1'] });
const control = (text: string): ZoneLine => ({ kind: 'control', text });
const parse = (...lines: ZoneLine[]) => parseZoneText(entries(lines), 'example.test');
const recordsOf = (text: ReturnType<typeof parse>) => (typeof text === 'string' ? expect.fail(text) : text.records);
const namesOf = (...lines: ZoneLine[]) => recordsOf(parse(...lines)).map(({ name }) => name);
const raw = { type: 'record', line_index: 7, dname_b64: base64('lb'), record_type: 'A', ttl: 60 };
const withSoa = (...more: unknown[]) => parseZoneText([...entries([soa]), ...more], 'example.test');

describe('a zone', () => {
  it('has the serial of its apex, and lines counted from 0', () => {
    expect(parse(address('lb'), soa)).toMatchObject({
      serial: 2_026_010_199,
      records: [
        { lineIndex: 0, name: 'lb.example.test', type: 'A', ttlSeconds: 60, fields: ['192.0.2.1'] },
        { lineIndex: 1, name: 'example.test', type: 'SOA', ttlSeconds: 86_400, fields: soaFields },
      ],
    });
  });

  it('has names absolute, at the apex, and below it, in lower case', () => {
    expect(namesOf(soa, address('LB.Example.TEST.'), address('@'), address('*'), address('a.b'))).toEqual([
      ...['example.test', 'lb.example.test', 'example.test', '*.example.test', 'a.b.example.test'],
    ]);
  });

  it('has names below what $ORIGIN says, from that line on', () => {
    const lines = [soa, address('a'), control('$ORIGIN eu ; the west'), address('b'), control('$origin other.test.')];
    expect(namesOf(...lines, address('c'))).toEqual([
      ...['example.test', 'a.example.test', 'b.eu.example.test', 'c.other.test'],
    ]);
  });

  it.each([
    ['$TTL 14400', 14_400],
    ['$ttl 1h30m ; of all', 5_400],
    ['$TTL 2w', 1_209_600],
    ['$TTL soon', 0],
    ['$INCLUDE other.zone', 0],
  ])('has the TTL of %s where a record has none of its own', (line, ttlSeconds) => {
    const bare = { ...raw, ttl: undefined, data_b64: [base64('192.0.2.1')] };
    const zone = parseZoneText([...entries([soa, control(line)]), bare], 'example.test');
    expect(recordsOf(zone).at(-1)).toMatchObject({ ttlSeconds });
  });

  it('takes numbers that are written as texts, and kinds of lines that nobody knows for none', () => {
    const text = { ...raw, line_index: '12', ttl: '60', data_b64: [] };
    expect(recordsOf(withSoa({ type: 'news', line_index: 9 }, text)).at(-1)).toMatchObject({ lineIndex: 12 });
  });

  it('keeps octets that are no UTF-8, one a character', () => {
    const zone = withSoa({ ...raw, record_type: 'txt', data_b64: [Buffer.from([0xff, 0x22]).toString('base64')] });
    expect(recordsOf(zone).at(-1)).toMatchObject({ type: 'TXT', fields: ['\u00ff"'] });
  });

  it.each([
    ['is no list', 'no-list', { lines: [] }],
    ['has a line that is no object', 'bad-line', [null]],
    ['has a record without a line', 'bad-line', [{ ...raw, line_index: undefined }]],
    ['has a record on a line below 0', 'bad-line', [{ ...raw, line_index: -1 }]],
    ['has two records on one line', 'bad-line', [...entries([soa]), { ...raw, line_index: 0 }]],
    ['has a record on half a line', 'bad-line', [{ ...raw, line_index: 1.5 }]],
    ['has a record without a type', 'bad-line', [{ ...raw, record_type: '' }]],
    ['has a name that is no base64', 'bad-name', [{ ...raw, dname_b64: 'lb.example.test.' }]],
    ['has no name', 'bad-name', [{ ...raw, dname_b64: '' }]],
    ['has no SOA', 'no-serial', []],
    ['has the SOA of another zone', 'no-serial', entries([{ ...soa, dname: 'other.test.' } as ZoneLine])],
    ['has two', 'no-serial', entries([soa, soa])],
    ['has one without a serial', 'no-serial', entries([{ ...soa, data: ['ns1.', 'admin.'] } as ZoneLine])],
    ['has one of 33 bits', 'no-serial', entries([{ ...soa, data: ['a.', 'b.', '4294967296'] } as ZoneLine])],
  ])('cannot be read where it %s', (_, problem, lines) => {
    expect(parseZoneText(lines, 'example.test')).toBe(problem);
  });

  it.each([[{ data_b64: 'x' }], [{ data_b64: ['%%%%'] }], [{ data_b64: [7] }], [{}]])(
    'keeps a record without its fields where they are %j',
    (bad) => {
      expect(recordsOf(withSoa({ ...raw, ...bad })).at(-1)).toMatchObject({ name: 'lb.example.test', fields: null });
    },
  );
});

describe('parts of a zone', () => {
  it.each([
    ['MTkyLjAuMi4x', '192.0.2.1'],
    ['MTky\nLjAuMi4x', '192.0.2.1'],
    ['', ''],
    ['MTk', null],
    ['M=ky', null],
    ['MT-_', null],
    [7, null],
  ])('%j is base64 of %j', (text, octets) => expect(decodeOctets(text)).toBe(octets));

  it.each([
    ['0', 0],
    ['2024020499', 2_024_020_499],
    [4_294_967_295, 4_294_967_295],
    ['4294967296', null],
    ['-1', null],
    ['1e3', null],
    ['', null],
    [null, null],
  ])('%j is the serial %j', (text, serial) => expect(parseSerial(text)).toBe(serial));

  it.each([
    ['.', 'example.test', ''],
    ['lb', '', 'lb'],
    ['', 'example.test', null],
    ['a b', 'example.test', null],
  ])('%j below %j is %j', (text, origin, name) => expect(absoluteName(text, origin)).toBe(name));
});
