import { describe, expect, it } from 'vitest';
import { plain, recordText, type SeenLine, send, serving } from './testing.ts';

const stale = (given: number, present: number) =>
  `The given serial number (${given}) does not match the DNS zone’s serial number (${present}). ` +
  'Refresh your view of the DNS zone, then resubmit.';

describe('a zone', () => {
  it('is shown in lines: by their place in the file, names as they stand there, everything in base64', async () => {
    const { zone, uapi, whm } = await serving();
    zone.append('lb', 'A', '192.0.2.1', 60);
    const { body } = await uapi('DNS/parse_zone', { zone: 'Example.TEST' });
    const lines = body?.['data'] as SeenLine[];
    expect(lines.map((line) => [line.line_index, line.type, line.record_type, line.ttl])).toEqual([
      [0, 'comment', undefined, undefined],
      [1, 'comment', undefined, undefined],
      [2, 'control', undefined, undefined],
      [3, 'record', 'SOA', 86_400],
      [10, 'record', 'NS', 86_400],
      [11, 'record', 'A', 60],
    ]);
    expect([lines[2]?.text_b64, lines[3]?.dname_b64, lines[3]?.data_b64?.[2], lines[5]?.dname_b64].map(plain)).toEqual([
      ...['$TTL 14400', 'example.test.', '2026110101', 'lb'],
    ]);
    const other = await whm('parse_dns_zone', { zone: 'example.test' });
    expect(other.body).toEqual({
      metadata: { command: 'parse_dns_zone', reason: 'OK', result: 1, version: 1 },
      data: { payload: lines },
    });
  });

  it('is changed in one step: lines stay where they are, new ones come last, and the serial rises by one', async () => {
    const { zone, edit } = await serving();
    for (const address of ['192.0.2.1', '192.0.2.2']) zone.append('lb', 'A', address, 60);
    const { body } = await edit({
      ...{ edit: JSON.stringify({ ...JSON.parse(recordText('LB.example.test.', '192.0.2.3')), line_index: 12 }) },
      ...{ remove: '11', add: recordText('@', '192.0.2.4'), 'add-0': recordText('a.b', '192.0.2.5', { ttl: '1' }) },
    });
    expect(body).toMatchObject({ status: 1, errors: null, data: { new_serial: '2026110103' } });
    expect(zone.serial).toBe(2_026_110_103);
    expect(zone.lines.slice(5)).toMatchObject([
      { dname: 'lb', data: ['192.0.2.3'], ttl: 60 },
      { dname: 'example.test.', data: ['192.0.2.4'] },
      { dname: 'a.b', data: ['192.0.2.5'], ttl: 1 },
    ]);
  });

  it('refuses a stale serial as the real one words it, with HTTP 200, and stays as it was', async () => {
    const { zone, edit, whm } = await serving();
    const parameters = { serial: '2026110099', add: recordText('lb', '192.0.2.1') };
    const { status, body } = await edit(parameters);
    expect([status, body]).toMatchObject([
      200,
      { status: 0, errors: [stale(2_026_110_099, 2_026_110_100)], data: { type: 'Stale', detail: null } },
    ]);
    const other = await whm('mass_edit_dns_zone', { zone: 'example.test', ...parameters });
    expect(other).toMatchObject({
      status: 200,
      body: { metadata: { result: 0, reason: stale(2_026_110_099, 2_026_110_100) }, data: null },
    });
    expect(zone.held('lb.example.test', 'A')).toEqual([]);
    expect(zone.serial).toBe(2_026_110_100);
  });

  it.each([
    [Date.UTC(2026, 10, 2), 2_026_110_105, '2026110200'],
    [Date.UTC(2026, 10, 1), 2_026_110_199, '2026110200'],
    [Date.UTC(2025, 0, 1), 2 ** 32 - 1, '2025010100'],
  ])('has on %j after serial %j the serial %s', async (now, serial, next) => {
    const { emulator, uapi } = await serving({ now: () => now });
    emulator.addZone('other.test', serial);
    const add = recordText('lb', '192.0.2.1');
    const { body } = await uapi('DNS/mass_edit_zone', { zone: 'other.test', serial: `${serial}`, add });
    expect(body).toMatchObject({ data: { new_serial: next } });
  });

  it('takes a whole name without a dot at its end for one below itself', async () => {
    const { zone, edit } = await serving();
    await edit({ add: recordText('www.example.test', '192.0.2.1') });
    expect(zone.records().at(-1)?.name).toBe('www.example.test.example.test');
  });

  it.each([
    ['a record of a type that is not written', { add: recordText('lb', '192.0.2.1', { record_type: 'NS' }) }],
    ['the SOA', { remove: '3' }],
    ['the middle of a record', { remove: '5' }],
    ['a comment', { edit: recordText('lb', '192.0.2.1', { line_index: 0 }) }],
    ['a line that is not there', { remove: '99' }],
    ['an edit that names no line', { edit: recordText('lb', '192.0.2.1') }],
    ['one line twice', { remove: '11', 'remove-1': '11' }],
    ['records in one list', { add: `[${recordText('lb', '192.0.2.1')}]` }],
    ['an edit without its data', { edit: '{"line_index":11,"dname":"lb","record_type":"A","ttl":60}' }],
    ['no address', { add: recordText('lb', 'nonsense') }],
    ['a TTL of 0', { add: recordText('lb', '192.0.2.1', { ttl: 0 }) }],
    ['a name of another zone', { add: recordText('lb.other.test.', '192.0.2.1') }],
    ['a CNAME beside others', { add: recordText('lb', 'x.test.', { record_type: 'CNAME' }) }],
    ['no change at all', {}],
  ])('refuses %s, and nothing that came with it is done', async (_, parameters) => {
    const { zone, edit } = await serving();
    zone.append('lb', 'A', '192.0.2.1', 60);
    const before = zone.lines;
    const { status, body } = await edit({
      ...(Object.keys(parameters).length > 0 ? { 'add-7': recordText('beside', '192.0.2.9') } : {}),
      ...parameters,
    });
    expect([status, body?.['status']]).toEqual([200, 0]);
    expect(zone.lines).toEqual(before);
  });
});

it('refuses a parameter that is there twice, since it is not known which one counts', async () => {
  const { zone, uapi } = await serving();
  const parameters = { zone: zone.name, serial: `${zone.serial}`, add: recordText('a', '192.0.2.1') };
  const twice = `DNS/mass_edit_zone?${new URLSearchParams({ add: recordText('b', '192.0.2.1') })}`;
  expect((await uapi(twice, parameters)).body).toMatchObject({ status: 0 });
  expect((await uapi('DNS/mass_edit_zone', parameters)).body).toMatchObject({ status: 1 });
});

describe('the door', () => {
  it('shows a page to who has no token, an expired one, one of the other API, or comes from elsewhere', async () => {
    const { emulator, tokens, uapi, whm } = await serving();
    const late = emulator.addToken({ service: 'cpanel', user: 'anna', value: 'A2', status: 'expired' });
    const far = emulator.addToken({ service: 'cpanel', user: 'anna', value: 'A3', addresses: ['192.0.2.7'] });
    for (const header of ['', 'cpanel anna:B', 'cpanel bob:A1', 'Bearer A1', 'cpanel root:W1', tokens.whm, late, far])
      expect(await uapi('DNS/parse_zone', { zone: 'example.test' }, header)).toMatchObject({ status: 403, body: null });
    expect(await whm('listzones', {}, tokens.cpanel)).toMatchObject({ status: 403, body: null });
  });

  it('keeps the zones of others from an account, and zones from who has no right to them', async () => {
    const { emulator, uapi, whm } = await serving();
    const other = emulator.addToken({ service: 'cpanel', user: 'bob', value: 'B1', zones: ['other.test'] });
    const { status, body } = await uapi('DNS/parse_zone', { zone: 'example.test' }, other);
    expect([status, body]).toMatchObject([
      200,
      { status: 0, data: null, errors: ['You do not control a DNS zone named example.test.'] },
    ]);
    const poor = emulator.addToken({ service: 'whm', user: 'carl', value: 'C1', rights: ['list'] });
    expect((await whm('parse_dns_zone', { zone: 'example.test' }, poor)).body).toMatchObject({
      metadata: { result: 0 },
    });
    expect((await whm('listzones', {}, poor)).body).toMatchObject({ metadata: { result: 1 } });
    const blind = emulator.addToken({ service: 'whm', user: 'dora', value: 'D1', rights: ['dns'] });
    expect((await whm('listzones', {}, blind)).body).toMatchObject({ metadata: { result: 0 }, data: null });
  });

  it('tells of the zones that the user controls', async () => {
    const { emulator, uapi, whm } = await serving();
    for (const name of ['other.test', 'third.test']) emulator.addZone(name);
    const zones = ['example.test', 'third.test'];
    const reseller = emulator.addToken({ service: 'whm', user: 'carl', value: 'C1', zones });
    expect((await whm('listzones', {}, reseller)).body?.['data']).toEqual({
      zone: zones.map((domain) => ({ domain, zonefile: `${domain}.db` })),
    });
    const account = emulator.addToken({ service: 'cpanel', user: 'dora', value: 'D1', zones });
    expect((await uapi('DomainInfo/list_domains', {}, account)).body?.['data']).toMatchObject({
      ...{ main_domain: 'example.test', addon_domains: ['third.test'] },
    });
    expect((await whm('version')).body?.['data']).toEqual({ version: '11.138.0.5' });
  });

  it('takes parameters of the query too, and remembers what was asked', async () => {
    const { emulator, tokens } = await serving();
    const call = { path: '/execute/DNS/parse_zone', parameters: { zone: 'example.test' }, method: 'GET' } as const;
    const { body } = await send(emulator, 'cpanel', { ...call, authorization: tokens.cpanel });
    expect(body?.['status']).toBe(1);
    const [exchange] = emulator.exchanges;
    expect([exchange?.service, exchange?.method, exchange?.path]).toEqual(['cpanel', 'GET', call.path]);
    expect([exchange?.parameters.get('zone'), exchange?.reply?.status]).toEqual(['example.test', 200]);
  });

  it('answers in the other shapes that are known: below `result`, and as WHM did before version 1', async () => {
    const { uapi, whm } = await serving({ isWrapped: true });
    const { body } = await uapi('DNS/parse_zone', { zone: 'example.test' });
    expect(body).toMatchObject({ func: 'parse_zone', module: 'DNS', result: { status: 1 } });
    expect((await whm('listzones', { 'api.version': '0' })).body).toMatchObject({ result: [{ status: 0 }] });
    expect((await whm('killacct')).body).toMatchObject({ metadata: { command: 'killacct', result: 0 } });
  });
});
