import type { DnsName } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { soon } from '../contract/subject.ts';
import { callsOf, movesOf, nothing, one, serving, servingMany, zoneName } from './testing.ts';

type Many = Awaited<ReturnType<typeof servingMany>>;
interface Listed {
  result: unknown[];
  result_info: { total_count?: number; total_pages?: number };
}

const lists = { path: /per_page=5000/ };
const written = { status: 'fulfilled', value: { outcome: 'written' } };
const seen = { status: 'fulfilled', value: { rrset: { addresses: [one] } } };
const notAsked = { status: 'fulfilled', value: null };
const unreadable = { status: 'rejected', reason: { code: 'dns_reply_malformed' } };
const notSent = {
  status: 'rejected',
  reason: { code: 'dns_unreachable', details: { because: 'the look before the write failed' } },
};

/** The next lists of the zone are as somebody has altered them. */
function alter({ emulator }: Many, change: (body: Listed) => void, times = Number.POSITIVE_INFINITY): void {
  const altered = (reply: { text: string }) => {
    const body = JSON.parse(reply.text);
    change(body);
    reply.text = JSON.stringify(body);
  };
  emulator.inject({ kind: 'alter', change: altered }, { ...lists, times });
}
const grow = (total: number) => (body: Listed) => {
  body.result_info.total_count = total;
};
const add = (entry: unknown) => (body: Listed) => {
  body.result.push(entry);
  body.result_info = { total_count: body.result.length };
};
/** Reads by as many requests as are asked for so many names. */
const readPaid = ({ calls, refs }: Many, asked = refs.length) =>
  calls.read(refs, soon(), { requests: calls.requestsFor?.(asked, zoneName).read ?? expect.fail() });

describe('a zone that is too large to be listed', () => {
  it('is found out by the one request that a list was asked for; no name is looked at by requests that nobody asked for (R22)', async () => {
    const served = await servingMany(40);
    alter(served, grow(5_001));
    expect(served.calls.requestsFor?.(40, zoneName)).toEqual({ read: 1, write: 2 });
    expect(served.calls.mostTogether?.(zoneName)).toBe(Number.POSITIVE_INFINITY);
    expect(await readPaid(served)).toMatchObject(Array(40).fill(notAsked));
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 0 });
  });

  it('is not listed again: of few names each is a request, as many as were asked for', async () => {
    const served = await servingMany(40);
    alter(served, grow(5_001));
    await readPaid(served);
    expect(served.calls.mostTogether?.(zoneName)).toBe(20);
    expect(served.calls.requestsFor?.(20, zoneName)).toEqual({ read: 20, write: 21 });
    expect(await readPaid(served, 20)).toMatchObject([...Array(20).fill(seen), ...Array(20).fill(notAsked)]);
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 20 });
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { requests: 6 });
    expect(outcomes).toMatchObject([...Array(5).fill(written), ...Array(35).fill(notAsked)]);
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 25, batch: 1 });
  });

  it('is one whose page is cut without a word of how many there are; no name on the next page is made a second time (I3)', async () => {
    const served = await servingMany(105);
    const cut = (body: Listed) => {
      body.result.splice(100);
      body.result_info = { total_pages: 2 };
    };
    alter(served, cut);
    const views = await served.calls.read(served.refs, soon());
    expect(views).toMatchObject(served.refs.map(() => seen));
    const creations = movesOf(served.refs.slice(100)).map((request) => ({ ...request, expected: nothing }));
    const drifted = { status: 'rejected', reason: { code: 'dns_rrset_drifted' } };
    expect(await served.calls.write(creations, soon())).toMatchObject(creations.map(() => drifted));
    expect(served.records()).toHaveLength(105);
  });

  it('is told apart from others by zone', async () => {
    const served = await servingMany(4);
    alter(served, grow(5_001));
    await readPaid(served);
    expect(served.calls.requestsFor?.(4, 'other.test' as DnsName)).toEqual({ read: 1, write: 2 });
  });

  it.each([
    ['says that it has more than a page holds', grow(5_001)],
    ['says that it has more pages', pageOfMany],
    ['does not say how many there are', (body: Listed) => void delete body.result_info.total_count],
  ])('is one that %s; whoever sets no limit has its names looked at one by one', async (_, change) => {
    const served = await servingMany(40);
    alter(served, change);
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(served.refs.map(() => written));
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 40, batch: 1 });
  });
});

describe('a list that does not hold what it says', () => {
  it.each([
    ['lacks a record', (body: Listed) => void body.result.pop()],
    ['has one twice', (body: Listed) => add(body.result[0])(body)],
    ['has one too many', (body: Listed) => void body.result.push({ ...Object(body.result[0]), id: 'f'.repeat(32) })],
  ])('as one that %s, is read again, and no name is absent or doubled by it', async (_, change) => {
    const served = await servingMany(5);
    alter(served, change, 1);
    expect(await served.calls.read(served.refs, soon())).toMatchObject(Array(5).fill(seen));
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 0 });
  });

  it('twice in succession is left alone for a hundred looks, and then read again', async () => {
    const served = await servingMany(50);
    alter(served, (body) => void body.result.pop(), 2);
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(Array(50).fill(written));
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 50, batch: 1 });
    expect(served.records()).toHaveLength(50);
    expect(served.calls.requestsFor?.(50, zoneName)).toEqual({ read: 50, write: 51 });
    await served.calls.read(served.refs, soon());
    expect(served.calls.requestsFor?.(50, zoneName)).toEqual({ read: 1, write: 2 });
    await served.calls.read(served.refs, soon());
    expect(served.emulator.calls()).toMatchObject({ list: 3, look: 100 });
  });

  it('once and then again after one that did is read again', async () => {
    const served = await servingMany(5);
    for (let round = 0; round < 2; round += 1) {
      alter(served, (body) => void body.result.pop(), 1);
      expect(await readPaid(served)).toMatchObject(Array(5).fill(notAsked));
      expect(await readPaid(served)).toMatchObject(Array(5).fill(seen));
    }
    expect(served.emulator.calls()).toMatchObject({ list: 4, look: 0 });
  });
});

describe('few names for which there are fewer requests than names', () => {
  it('are looked at by the list', async () => {
    const served = await servingMany(3);
    expect(await readPaid(served, 1)).toMatchObject(Array(3).fill(seen));
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 0 });
    expect(await served.calls.write(movesOf(served.refs), soon(), { requests: 2 })).toMatchObject(
      Array(3).fill(written),
    );
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 0, batch: 1 });
  });
});

describe('a record that cannot be read', () => {
  const id = 'f'.repeat(32);

  it.each([
    ['of a type that nobody minds', { id, type: 'LOC', name: 7 }],
    ['of somebody else', { id, type: 'A', name: `other.${zoneName}`, content: 7 }],
    ['of another type of a name that is asked for', { id, type: 'AAAA', name: `n1.${zoneName}` }],
    ['without a name, where every name has its record', { id, type: 'A', name: 7 }],
    ['that is none at all', 7],
  ])('%s, spoils nothing', async (_, entry) => {
    const served = await servingMany(5);
    alter(served, add(entry));
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(Array(5).fill(written));
  });

  it.each([
    ['of its type', { id, type: 'A', name: `N1.${zoneName}.`, content: 7 }],
    ['a CNAME', { id, type: 'CNAME', name: `n1.${zoneName}` }],
    ['of an unreadable type', { id, name: `n1.${zoneName}` }],
  ])('of a name that is asked for, %s, is the failure of that name alone', async (_, entry) => {
    const served = await servingMany(5);
    alter(served, add(entry));
    expect(await served.calls.read(served.refs, soon())).toMatchObject([seen, unreadable, seen, seen, seen]);
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject([
      written,
      notSent,
      ...Array(3).fill(written),
    ]);
  });

  it.each([[{ id, type: 'A', name: 7 }], [null]])('and may be anybody’s, %o, lets no name be absent', async (entry) => {
    const served = await servingMany(5);
    const [gone = expect.fail()] = served.refs;
    for (const { id, name } of served.records()) if (name === gone.name) served.zone.records.remove(id);
    alter(served, add(entry));
    const [creation = expect.fail(), ...moves] = movesOf(served.refs);
    const outcomes = await served.calls.write([{ ...creation, expected: nothing }, ...moves], soon());
    expect(outcomes).toMatchObject([notSent, ...Array(4).fill(written)]);
    expect(served.records()).toHaveLength(4);
  });

  it('among those that tell whose zone it is keeps no new name from being made', async () => {
    const served = await serving();
    served.given({ name: `first.${zoneName}` });
    const given = await serving({}, { http: served.http, zoneIds: { [zoneName]: served.zone.id } });
    const change = (reply: { text: string }) => {
      reply.text = reply.text.replace(`"content":"${one}"`, '"content":7');
    };
    served.emulator.inject({ kind: 'alter', change }, { path: /per_page=5$/ });
    const [creation = expect.fail()] = movesOf([{ zone: zoneName, name: `new.${zoneName}` as DnsName, type: 'A' }]);
    expect(await callsOf(given).write([{ ...creation, expected: nothing }], soon())).toMatchObject([written]);
  });
});

/** The first page of two, its total counted as what is on it. */
function pageOfMany(body: Listed): void {
  body.result.splice(2);
  body.result_info = { total_count: 2, total_pages: 2 };
}
