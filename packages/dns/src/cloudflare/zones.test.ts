import type { DnsName } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { soon } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { ref, serving, token, zoneName } from './testing.ts';

describe('a zone', () => {
  it('is found by name once', async () => {
    const served = await serving();
    await served.provider.read(ref, soon());
    await served.provider.read(ref, soon());
    expect(served.asked().filter((line) => line === 'GET /zones')).toHaveLength(1);
  });

  it('whose id was found and is none any more is looked up again at the next call', async () => {
    const served = await serving();
    await served.provider.read(ref, soon());
    const reply = wrongReplies.refusal(404, 7003, 'no route');
    served.emulator.inject({ kind: 'before', reply }, { path: /dns_records/ });
    await expect(served.provider.read(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
    await served.provider.read(ref, soon());
    expect(served.asked().filter((line) => line === 'GET /zones')).toHaveLength(2);
  });

  it('is not looked up where its id is given, so that the token needs no right to', async () => {
    const served = await serving();
    served.emulator.addToken('Records-Only', { zoneRead: false });
    const more = { http: served.http, token: 'Records-Only', zoneIds: { [zoneName]: served.zone.id } };
    const narrow = await serving({}, more);
    served.given();
    expect((await narrow.provider.read(ref, soon())).rrset).not.toBeNull();
    expect(await narrow.provider.probe(ref, soon())).toMatchObject({ canEdit: true, canMark: true });
    expect(served.asked()).not.toContain('GET /zones');
  });

  it('whose id is not given asks for it where the token may not look', async () => {
    const served = await serving();
    served.emulator.addToken('Records-Only', { zoneRead: false });
    const narrow = await serving({}, { http: served.http, token: 'Records-Only' });
    await expect(narrow.provider.read(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_needed' });
  });

  it('that is active is taken, though one of the same name that was moved away is listed before it', async () => {
    const served = await serving();
    const active = served.emulator.addZone(zoneName);
    served.zone.status = 'moved';
    expect(await served.move('192.0.2.9' as never, 1)).toMatchObject({ outcome: 'written' });
    expect(active.records.list()).toMatchObject([{ name: ref.name, content: '192.0.2.9' }]);
    expect(served.records()).toEqual([]);
  });

  it.each([
    ['none is active', ['moved', 'pending']],
    ['several are active', ['active', 'active', 'moved']],
  ] as const)('of which there are several, and %s, is taken by its id alone', async (_, states) => {
    const served = await serving();
    const zones = [served.zone, ...states.slice(1).map(() => served.emulator.addZone(zoneName))];
    for (const [place, status] of states.entries()) Object.assign(zones[place] ?? {}, { status });
    await expect(served.move('192.0.2.9' as never, 1)).rejects.toMatchObject({
      code: 'dns_zone_id_needed',
      details: { zone: zoneName, found: zones.map(({ id, status }) => `${id} (${status})`) },
    });
    const [, second] = zones;
    const told = await serving({}, { http: served.http, token, zoneIds: { [zoneName]: second?.id ?? '' } });
    expect(await told.move('192.0.2.9' as never, 1)).toMatchObject({ outcome: 'written' });
    expect(second?.records.list()).toHaveLength(1);
    expect(served.records()).toEqual([]);
  });

  it('that was found and is active no more gives way to the one that is, once the probe saw it', async () => {
    const served = await serving();
    await served.provider.read(ref, soon());
    served.zone.status = 'moved';
    const active = served.emulator.addZone(zoneName);
    await expect(served.provider.probe(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_inactive' });
    await served.move('192.0.2.9' as never, 1);
    expect(active.records.list()).toHaveLength(1);
    expect(await served.provider.probe(ref, soon())).toMatchObject({ canEdit: true });
  });

  it('that is not found, or not for this token, is not served', async () => {
    const served = await serving();
    served.emulator.addToken('Other-Zones', { zones: ['other.test'] });
    const other = await serving({}, { http: served.http, token: 'Other-Zones' });
    await expect(other.provider.read(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_not_served' });
  });

  it('is taken by its whole name, and so is a record, whatever else comes back', async () => {
    const served = await serving();
    const also = (path: RegExp, change: (result: object[]) => void) => {
      const alter = (reply: { text: string }) => {
        const body = JSON.parse(reply.text) as { result: object[]; result_info: unknown };
        change(body.result);
        reply.text = JSON.stringify({ ...body, result_info: null });
      };
      served.emulator.inject({ kind: 'alter', change: alter }, { path });
    };
    also(/^\/zones\?/, (zones) => zones.unshift({ ...zones[0], id: 'f'.repeat(32), name: 'example.test.example' }));
    const stranger = { id: 'a', type: 'A', content: '192.0.2.7', ttl: 60, proxied: false, comment: null };
    also(/type=A&/, (records) => records.push({ ...stranger, name: 'lb2.example.test' }));
    also(/type=CNAME&/, (records) => records.push({ ...stranger, name: ref.name, type: 'TXT' }));
    expect(await served.provider.read(ref, soon())).toEqual({ rrset: null, mark: { kind: 'none' }, cname: false });
  });

  it('with an id that is no zone’s says so', async () => {
    const { provider } = await serving({}, { zoneIds: { [zoneName]: 'f'.repeat(32) } });
    await expect(provider.read(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
    await expect(provider.probe(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
  });

  it.each([
    ['paused', { paused: true }, 'dns_zone_paused'],
    ['not delegated yet', { status: 'pending' }, 'dns_zone_inactive'],
    ['moved away', { status: 'moved' }, 'dns_zone_inactive'],
  ] as const)('that is %s is told by the probe, and does not keep a failover waiting', async (_, state, code) => {
    const served = await serving();
    Object.assign(served.zone, state);
    await expect(served.provider.probe(ref, soon())).rejects.toMatchObject({ code });
    expect(await served.move('192.0.2.9' as never, 1)).toMatchObject({ outcome: 'written' });
  });

  it('at its apex holds a record like any name', async () => {
    const served = await serving();
    const apex = { ...ref, name: zoneName };
    const expected = await served.provider.read(apex, soon());
    const mark = { instance: 'aaaaaaaaaaaa', pool: 'pppppppppppp', epoch: 1 } as never;
    const next = { address: '192.0.2.9' as never, ttlSeconds: 60 };
    expect(await served.provider.replace({ ref: apex, expected, next, mark }, soon())).toMatchObject({
      outcome: 'written',
    });
    served.zone.records.remove(served.record()?.id ?? '');
    served.zone.records.create({ type: 'CNAME', name: zoneName as DnsName, content: 'elsewhere.test' });
    expect(await served.provider.read(apex, soon())).toMatchObject({ cname: true, rrset: null });
  });
});

describe('the probe', () => {
  it('changes nothing, and names no record that is there', async () => {
    const served = await serving();
    served.given();
    const { serial } = served.zone.records;
    const before = JSON.stringify(served.records());
    await served.provider.probe(ref, soon());
    expect(served.zone.records.serial).toBe(serial);
    expect(JSON.stringify(served.records())).toBe(before);
    const sent = served.emulator.exchanges.filter(({ method }) => method !== 'GET');
    expect(sent.map(({ method, body, reply }) => [method, body, reply?.status])).toEqual([['PATCH', '{}', 404]]);
    expect(sent[0]?.path).not.toContain(served.record()?.id);
  });

  it('is not deceived by a token that is active and shut out by its address filter', async () => {
    const served = await serving();
    served.emulator.addToken('Elsewhere', { addresses: ['192.0.2.7'] });
    const shut = await serving({}, { http: served.http, token: 'Elsewhere' });
    await expect(shut.provider.probe(ref, soon())).rejects.toMatchObject({
      code: 'dns_token_restricted',
      details: { said: expect.stringContaining('127.0.0.1') },
    });
  });

  it('stops a token that is refused again and again at the provider’s lock', async () => {
    const served = await serving();
    served.emulator.addToken('Old-Token', { status: 'expired' });
    const old = await serving({}, { http: served.http, token: 'Old-Token' });
    const codes = new Set<string>();
    for (let call = 0; call < 25; call += 1)
      await old.provider.read(ref, soon()).catch((error: { code: string }) => codes.add(error.code));
    expect([...codes]).toEqual(['dns_token_refused', 'dns_token_locked']);
  });
});

it('never sends the token but in its header', async () => {
  const served = await serving();
  await served.move('192.0.2.9' as never, 1);
  await served.provider.probe(ref, soon());
  expect(JSON.stringify(served.emulator.exchanges)).not.toContain(token);
});
