import { formatMark } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { one, one6, ref, ref6, serving, two, two6, zoneName } from './testing.ts';

const deletes = { methods: ['DELETE'] };
const aaaa = { type: 'AAAA', content: one6 };

describe('an AAAA beside an A', () => {
  it('is looked for and written by its own type, and the A is not touched', async () => {
    const served = await serving();
    const a = served.given();
    served.given(aaaa);
    const expected = await served.provider.read(ref6, soon());
    expect(expected.rrset?.addresses).toEqual([one6]);
    const next = { address: two6, ttlSeconds: 60 };
    await served.provider.replace({ ref: ref6, expected, next, mark: markOf(1) }, soon());
    expect(served.writes()).toMatchObject([{ verb: 'PATCH', body: { content: two6 } }]);
    expect(served.records()).toEqual([a, expect.objectContaining({ type: 'AAAA', content: two6 })]);
    expect(served.emulator.calls()).toMatchObject({ look: 2, patch: 1 });
  });

  it('is the same in every spelling (RFC 5952)', async () => {
    const served = await serving();
    served.given({ ...aaaa, content: '2001:DB8:0::0:1', comment: formatMark(markOf(1)) });
    const expected = await served.provider.read(ref6, soon());
    expect(expected.rrset?.addresses).toEqual([one6]);
    const request = { ref: ref6, expected, next: { address: one6, ttlSeconds: 60 }, mark: markOf(1) };
    expect(await served.provider.replace(request, soon())).toMatchObject({ outcome: 'already' });
  });

  it('is not written beside a CNAME', async () => {
    const served = await serving();
    served.zone.records.create({ type: 'CNAME', name: ref.name, content: `elsewhere.${zoneName}` });
    expect(await served.provider.read(ref6, soon())).toMatchObject({ rrset: null, cname: true });
  });
});

describe('a withdrawal (R20)', () => {
  it('deletes the one record by its id, with a body that says nothing', async () => {
    const served = await serving();
    const a = served.given();
    const gone = served.given({ ...aaaa, comment: formatMark(markOf(1)) });
    expect(await served.withdraw(2)).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(served.asked().slice(-1)).toEqual([`DELETE /zones/${served.zone.id}/dns_records/${gone.id}`]);
    expect(served.writes()).toEqual([{ verb: 'DELETE', body: {} }]);
    expect(served.records()).toEqual([a]);
    expect(await served.withdraw(2)).toMatchObject({ outcome: 'already' });
    expect(served.writes()).toHaveLength(1);
  });

  it('is done when the reply is the id alone, as the vendor describes it', async () => {
    const served = await serving();
    served.given(aaaa);
    const change = (reply: { text: string }) => {
      reply.text = JSON.stringify({ result: JSON.parse(reply.text).result });
    };
    served.emulator.inject({ kind: 'alter', change }, deletes);
    expect(await served.withdraw(1)).toMatchObject({ outcome: 'written' });
  });

  it('deletes several in one batch', async () => {
    const served = await serving();
    const ids = [one6, two6].map((content) => ({ id: served.given({ ...aaaa, content }).id }));
    expect(await served.withdraw(1)).toMatchObject({ outcome: 'written' });
    expect(served.writes()).toEqual([{ verb: 'POST batch', body: { deletes: ids } }]);
    expect(served.records()).toEqual([]);
  });

  it('of what is not as it was expected changes nothing', async () => {
    const served = await serving();
    const held = served.given(aaaa);
    const expected = await served.provider.read(ref6, soon());
    served.zone.records.patch(held.id, { content: two6 });
    const late = served.provider.withdrawAaaa({ ref: ref6, expected, mark: markOf(1) }, soon());
    await expect(late).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(served.writes()).toEqual([]);
  });

  it('beside a CNAME that came meanwhile is no success: the name is another one now', async () => {
    const served = await serving();
    const held = served.given(aaaa);
    const expected = await served.provider.read(ref6, soon());
    served.zone.records.remove(held.id);
    served.zone.records.create({ type: 'CNAME', name: ref.name, content: `elsewhere.${zoneName}` });
    const late = served.provider.withdrawAaaa({ ref: ref6, expected, mark: markOf(1) }, soon());
    await expect(late).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
  });

  it('looks again when the id is stale: the record went by itself, came again, or is another one now', async () => {
    const served = await serving();
    const { records } = served.zone;
    const drift = (change: () => void) => served.emulator.inject({ kind: 'drift', change }, deletes);
    served.given(aaaa);
    drift(() => records.renewIds(ref.name));
    expect(await served.withdraw(1)).toMatchObject({ outcome: 'written' });
    expect(served.writes()).toHaveLength(2);
    const removed = () => void served.records().map(({ id }) => records.remove(id));
    served.given(aaaa);
    drift(removed);
    expect(await served.withdraw(1)).toMatchObject({ outcome: 'already' });
    served.given(aaaa);
    drift(() => {
      removed();
      served.given({ ...aaaa, content: two6 });
    });
    await expect(served.withdraw(1)).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(served.records()).toMatchObject([{ content: two6 }]);
  });

  it('is an open question after a 5xx, a page, a closed connection or the reply of another record (R19)', async () => {
    const served = await serving();
    const other = (reply: { text: string }) => {
      reply.text = JSON.stringify({ success: true, errors: [], messages: [], result: { id: 'f'.repeat(32) } });
    };
    const none = (reply: { text: string }) => {
      reply.text = '{"result":null}';
    };
    const faults = [
      { kind: 'after', reply: wrongReplies.page(502) },
      { kind: 'after', reply: wrongReplies.page(200) },
      { kind: 'close', applied: true },
      { kind: 'alter', change: other },
      { kind: 'alter', change: none },
    ] as const;
    for (const fault of faults) {
      served.given(aaaa);
      served.emulator.inject(fault, deletes);
      await expect(served.withdraw(1)).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
      expect(served.records()).toEqual([]);
      expect(await served.withdraw(1)).toMatchObject({ outcome: 'already' });
    }
  });

  it('of a name with an AAAA alone leaves nothing, which is what was asked for', async () => {
    const served = await serving();
    served.given(aaaa);
    await served.withdraw(1);
    expect(await served.provider.read(ref6, soon())).toEqual({ rrset: null, mark: { kind: 'none' }, cname: false });
  });
});

describe('proxied, where it is said', () => {
  it.each([
    ['on, with the automatic TTL', { ttl: 60 }, true, { proxied: true, ttl: 1 }],
    ['off, with the TTL that is wished', { proxied: true, ttl: 1 }, false, { proxied: false, ttl: 120 }],
  ])('goes %s, in the same PATCH as the address', async (_, before, proxied, after) => {
    const served = await serving();
    served.given(before);
    expect(await served.move(two, 1, 120, { proxied })).toMatchObject({ outcome: 'written' });
    const body = { content: two, comment: formatMark(markOf(1)), ...after };
    expect(served.writes()).toEqual([{ verb: 'PATCH', body }]);
    expect(served.record()).toMatchObject(after);
    expect(await served.move(two, 1, 120, { proxied })).toMatchObject({ outcome: 'already' });
  });

  it('is a change by itself, and of a new record a part of its POST', async () => {
    const served = await serving();
    expect(await served.move(one, 1, 60, { proxied: true })).toMatchObject({ outcome: 'written' });
    expect(served.writes()).toMatchObject([{ verb: 'POST', body: { proxied: true, ttl: 1 } }]);
    expect(await served.move(one, 1, 60)).toMatchObject({ outcome: 'already' });
    expect(await served.move(one, 1, 60, { proxied: false })).toMatchObject({ outcome: 'written' });
    expect(served.record()).toMatchObject({ proxied: false, ttl: 60 });
  });

  it.each([true, false])('goes to %s also where the TTL is the same before and after', async (proxied) => {
    const served = await serving();
    served.given({ ttl: proxied ? 300 : 1, proxied: !proxied, content: two, comment: formatMark(markOf(1)) });
    expect(await served.move(two, 1, 300, { proxied })).toMatchObject({ outcome: 'written' });
    expect(served.record()).toMatchObject({ proxied });
  });

  it('decides what a wished TTL comes to, within the limits of the plan', async () => {
    const { provider } = await serving();
    const { provider: enterprise } = await serving({}, { ttlFloorSeconds: 30 });
    expect(provider.effectiveTtl?.(30, false)).toBe(60);
    expect(enterprise.effectiveTtl?.(30, false)).toBe(30);
    expect(provider.effectiveTtl?.(30, true)).toBe(300);
    expect(provider.effectiveTtl?.(100_000, false)).toBe(86_400);
  });
});
