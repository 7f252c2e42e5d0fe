import { formatMark } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { markOf, pool, soon, them, us } from '../contract/subject.ts';
import { one, ref, serving, two, zoneName } from './testing.ts';

const none = { rrset: null, mark: { kind: 'none' }, cname: false } as const;
const next = { address: two, ttlSeconds: 60 };
const patches = { methods: ['PATCH'] };

describe('a record that exists', () => {
  it('moves by one PATCH of address, TTL and mark; its id and all else stay', async () => {
    const served = await serving();
    const before = served.given();
    await served.move(two, 1);
    expect(served.writes()).toEqual([
      { verb: 'PATCH', body: { content: two, ttl: 60, comment: formatMark(markOf(1)) } },
    ]);
    expect(served.records()).toEqual([
      { ...before, content: two, comment: formatMark(markOf(1)), modified_on: expect.any(String) },
    ]);
  });

  it('stays proxied, without a TTL of ours, and is read as such', async () => {
    const served = await serving();
    served.given({ proxied: true, ttl: 1 });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
    expect(served.writes()[0]?.body).toEqual({ content: two, comment: formatMark(markOf(1)) });
    expect(served.record()).toMatchObject({ proxied: true, ttl: 1 });
    const view = await served.provider.read(ref, soon());
    expect(view).toMatchObject({ proxied: true, rrset: { addresses: [two], ttlSeconds: 300 } });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'already' });
  });

  it('has its automatic TTL read as 300 s', async () => {
    const served = await serving();
    served.given({ ttl: 1 });
    expect((await served.provider.read(ref, soon())).rrset?.ttlSeconds).toBe(300);
  });

  it('has a wish below the floor raised, and is not written again for it', async () => {
    const served = await serving();
    await served.move(one, 1, 10);
    expect(served.record()).toMatchObject({ ttl: 60 });
    expect(await served.move(one, 1, 10)).toMatchObject({ outcome: 'already' });
  });

  it('is looked up again when its id is stale, and written under the new one', async () => {
    const served = await serving();
    served.given();
    served.emulator.inject({ kind: 'drift', change: () => served.zone.records.renewIds(ref.name) }, patches);
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
    expect(served.writes()).toHaveLength(2);
    expect(served.records()).toMatchObject([{ content: two }]);
  });

  it('is not written under a stale id twice, nor over what came in its place', async () => {
    const served = await serving();
    served.given();
    const change = () => served.zone.records.renewIds(ref.name);
    served.emulator.inject({ kind: 'drift', change }, { ...patches, times: 2 });
    await expect(served.move(two, 1)).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(served.writes()).toHaveLength(2);
    const replaced = () => {
      for (const { id } of served.records()) served.zone.records.remove(id);
      served.given({ content: '192.0.2.50' });
    };
    served.emulator.inject({ kind: 'drift', change: replaced }, patches);
    await expect(served.move(two, 1)).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(served.records()).toMatchObject([{ content: '192.0.2.50', comment: null }]);
  });

  it('that is met by a second one with the wished address is looked at again, not doubled', async () => {
    const served = await serving();
    served.given();
    const change = () => void served.given({ content: two });
    served.emulator.inject({ kind: 'drift', change }, patches); // the write is then refused: 81058
    await expect(served.move(two, 1)).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
    expect(served.records()).toMatchObject([{ content: two, comment: formatMark(markOf(1)) }]);
  });
});

describe('a record that is absent', () => {
  it('is created once, DNS-only, with its mark', async () => {
    const served = await serving();
    await served.move(one, 1);
    expect(served.writes()).toEqual([
      {
        verb: 'POST',
        body: { type: 'A', name: ref.name, content: one, ttl: 60, proxied: false, comment: formatMark(markOf(1)) },
      },
    ]);
    expect(served.asked().slice(-1)).toEqual([`POST /zones/${served.zone.id}/dns_records`]);
  });

  it('and came meanwhile as ours is already there; as another’s it has drifted', async () => {
    const served = await serving();
    const create = (fields: Readonly<Record<string, unknown>>) =>
      ({ kind: 'drift', change: () => void served.given(fields) }) as const;
    const posts = { methods: ['POST'] };
    const request = { ref, expected: none, next, mark: markOf(1) };
    served.emulator.inject(create({ content: two, comment: formatMark(markOf(1)) }), posts);
    expect(await served.provider.replace(request, soon())).toMatchObject({ outcome: 'already' });
    expect(served.records()).toHaveLength(1);
    for (const { id } of served.records()) served.zone.records.remove(id);
    served.emulator.inject(create({ content: two, comment: 'somebody’s' }), posts);
    await expect(served.provider.replace(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(served.records()).toMatchObject([{ comment: 'somebody’s' }]);
  });

  it('is not created beside a CNAME that came meanwhile', async () => {
    const served = await serving();
    const cname = { type: 'CNAME', name: ref.name, content: `elsewhere.${zoneName}` };
    served.emulator.inject(
      { kind: 'drift', change: () => void served.zone.records.create(cname) },
      { methods: ['POST'] },
    );
    await expect(served.move(one, 1)).rejects.toMatchObject({ code: 'dns_cname_in_the_way' });
    expect(served.records()).toMatchObject([{ type: 'CNAME' }]);
  });

  it('is not created below another zone whose id was given by mistake', async () => {
    const served = await serving();
    const other = served.emulator.addZone('other.test');
    other.records.create({ type: 'TXT', name: 'other.test', content: 'v=spf1 -all' });
    const wrong = await serving({}, { http: served.http, zoneIds: { [zoneName]: other.id } });
    await expect(wrong.move(one, 1)).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
    await expect(wrong.provider.probe(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
    served.emulator.addToken('Records-Only', { zoneRead: false });
    const more = { http: served.http, token: 'Records-Only', zoneIds: { [zoneName]: other.id } };
    const { provider } = await serving({}, more);
    await expect(provider.probe(ref, soon())).rejects.toMatchObject({ code: 'dns_zone_id_wrong' });
    expect(other.records.list()).toHaveLength(1);
  });
});

describe('several records', () => {
  it('become one by one batch, which keeps the one that has the wished address', async () => {
    const served = await serving();
    const [, kept] = [one, two, '192.0.2.3'].map((content) => served.given({ content }));
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written', fencedBy: 'record-and-mark' });
    const [write, ...more] = served.writes();
    expect(more).toEqual([]);
    expect(write).toMatchObject({ verb: 'POST batch', body: { patches: [{ id: kept?.id, content: two }] } });
    expect(write?.body.deletes).toHaveLength(2);
    expect(served.records()).toMatchObject([{ id: kept?.id, content: two, comment: formatMark(markOf(1)) }]);
  });

  it('keep a person’s note, also one on a record that goes', async () => {
    const served = await serving();
    served.given({ content: one, comment: 'ask Eva first' });
    served.given({ content: two });
    expect(await served.provider.read(ref, soon())).toMatchObject({ note: 'ask Eva first', mark: { kind: 'none' } });
    await served.move(two, 1);
    expect(served.records()).toMatchObject([{ comment: `ask Eva first ${formatMark(markOf(1))}` }]);
  });

  it('keep the different notes of all, as they were shown', async () => {
    const served = await serving();
    for (const [content, comment] of [
      [one, 'ask Eva'],
      [two, 'web team'],
      ['192.0.2.3', 'ask Eva'],
    ])
      served.given({ content, comment });
    const view = await served.provider.read(ref, soon());
    expect(view.note).toBe('ask Eva; web team');
    expect(view.noteStays).toBeUndefined();
    expect(await served.move(two, 1)).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(served.records()).toMatchObject([{ comment: `ask Eva; web team ${formatMark(markOf(1))}` }]);
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'already' });
  });

  it('keep them without the mark where only they have room, and say so before', async () => {
    const served = await serving();
    const [left, right] = ['l'.repeat(40), 'r'.repeat(40)];
    served.given({ content: one, comment: left });
    served.given({ content: two, comment: right });
    expect(await served.provider.read(ref, soon())).toMatchObject({ note: `${left}; ${right}`, noteStays: 'unmarked' });
    expect(await served.move(two, 1)).toEqual({ outcome: 'written', fencedBy: 'value-only' });
    expect(served.records()).toMatchObject([{ content: two, comment: `${left}; ${right}` }]);
    expect(await served.move(two, 1)).toEqual({ outcome: 'already', fencedBy: 'value-only' });
  });

  it('keep that of the record that stays where all together have no room, and say so before', async () => {
    const served = await serving();
    const long = 'l'.repeat(90);
    served.given({ content: one, comment: long });
    served.given({ content: two, comment: 'the web team’s' });
    expect(await served.provider.read(ref, soon())).toMatchObject({ noteStays: 'in-part' });
    await served.move(two, 1);
    expect(served.records()).toMatchObject([{ content: two, comment: `the web team’s ${formatMark(markOf(1))}` }]);
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'already' });
  });

  it('have the mark that asks for the most care', async () => {
    const served = await serving();
    served.given({ content: one, comment: formatMark(markOf(2)) });
    served.given({ content: two, comment: formatMark(markOf(1, them)) });
    expect((await served.provider.read(ref, soon())).mark).toMatchObject({ kind: 'foreign' });
  });

  it('are all there when the batch is refused for a stale id, which is looked up again', async () => {
    const served = await serving();
    served.given({ content: one });
    served.given({ content: '192.0.2.3' });
    const change = () => served.zone.records.renewIds(ref.name);
    served.emulator.inject({ kind: 'drift', change }, { methods: ['POST'] });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
    expect(served.records()).toMatchObject([{ content: two }]);
  });
});

describe('the mark', () => {
  it('stays away where a person’s note leaves no room, the note stays, and the address moves', async () => {
    const served = await serving();
    const comment = 'n'.repeat(60);
    served.given({ comment });
    expect(await served.provider.probe(ref, soon())).toMatchObject({ canEdit: true, canMark: false });
    expect(await served.provider.read(ref, soon())).toMatchObject({ note: comment, noteStays: 'unmarked' });
    expect(await served.move(two, 1)).toEqual({ outcome: 'written', fencedBy: 'value-only' });
    expect(served.record()).toMatchObject({ content: two, comment });
    expect(await served.move(two, 2)).toEqual({ outcome: 'already', fencedBy: 'value-only' });
  });

  it('of another control plane gives way with its note kept, when a person took the record over', async () => {
    const served = await serving();
    served.given({ comment: `old one ${formatMark(markOf(4, them))}` });
    const expected = await served.provider.read(ref, soon());
    expect(expected).toMatchObject({ mark: { kind: 'foreign', mark: { instance: them, pool } }, note: 'old one' });
    await served.provider.replace({ ref, expected, next, mark: markOf(1, us) }, soon());
    expect(served.record()?.comment).toBe(`old one ${formatMark(markOf(1))}`);
  });

  it('and the address of a late write go together, so that the next read tells (I4)', async () => {
    const served = await serving();
    served.given();
    const { promise, resolve } = Promise.withResolvers<void>();
    const expected = await served.provider.read(ref, soon());
    served.emulator.inject({ kind: 'delay', until: () => promise }, patches);
    const gone = new AbortController();
    const late = served.provider.replace({ ref, expected, next, mark: markOf(1) }, gone.signal);
    while (!served.asked().some((line) => line.startsWith('PATCH'))) await new Promise((turn) => setImmediate(turn));
    gone.abort();
    await expect(late).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
    await served.move(one, 2);
    resolve();
    while (served.record()?.content !== two) await new Promise((turn) => setImmediate(turn));
    const view = await served.provider.read(ref, soon());
    expect(view.mark).toEqual({ kind: 'ours', mark: markOf(1) });
    expect(await served.move(one, 2)).toMatchObject({ outcome: 'written' });
  });
});
