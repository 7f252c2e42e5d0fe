import { type DnsName, formatMark, markName, type RecordView } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import {
  type Capabilities,
  type Family,
  families,
  freshRef,
  markOf,
  move,
  type Subject,
  soon,
  them,
} from './subject.ts';

const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };

/** One writer, one name: what `read` and `replace` mean, for either type of record. */
export function describeWrites(subject: Subject, capabilities: Capabilities): void {
  describe.each(families)('one $type', (family) => {
    describeRecord(subject, family);
    describeConditions(subject, family);
    describeMarks(subject, capabilities, family);
    if (capabilities.credentials.includes('value-only')) describeValueOnly(subject, family);
    if (capabilities.wildcards) describeWildcards(subject, family);
  });
}

function describeRecord(subject: Subject, { type, first, second, third }: Family): void {
  it('reads nothing where nothing is', async () => {
    expect(await subject().open().read(freshRef(subject(), type), soon())).toEqual(nothing);
  });

  it('creates a record that is absent, with its mark', async () => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    const replaced = await provider.replace(
      { ref, expected: nothing, next: { address: first, ttlSeconds: 30 }, mark: markOf(1) },
      soon(),
    );
    expect(replaced).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(await provider.read(ref, soon())).toEqual({
      rrset: { addresses: [first], ttlSeconds: 30 },
      mark: { kind: 'ours', mark: markOf(1) },
      cname: false,
    });
    expect(await subject().answer(ref.name, type)).toEqual([first]);
  });

  it('moves a record in place and raises its mark', async () => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    await move(provider, ref, first, 1);
    await move(provider, ref, second, 2);
    const view = await provider.read(ref, soon());
    expect(view.rrset).toEqual({ addresses: [second], ttlSeconds: 30 });
    expect(view.mark).toEqual({ kind: 'ours', mark: markOf(2) });
  });

  it('raises the mark alone, and changes the TTL alone', async () => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    await move(provider, ref, first, 1);
    expect((await move(provider, ref, first, 2)).outcome).toBe('written');
    expect((await move(provider, ref, first, 2, 45)).outcome).toBe('written');
    const view = await provider.read(ref, soon());
    expect(view).toMatchObject({ rrset: { addresses: [first], ttlSeconds: 45 }, mark: { mark: { epoch: 2 } } });
  });

  it('answers a repeated request with `already`, and changes nothing', async () => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    const request = { ref, expected: nothing, next: { address: first, ttlSeconds: 30 }, mark: markOf(1) };
    await provider.replace(request, soon());
    const serial = await subject().serial();
    expect((await provider.replace(request, soon())).outcome).toBe('already');
    const expected = await provider.read(ref, soon());
    expect((await provider.replace({ ...request, expected }, soon())).outcome).toBe('already');
    expect(await subject().serial()).toBe(serial);
  });

  it('takes two addresses over as one', async () => {
    const ref = freshRef(subject(), type);
    await subject().put(ref.name, type, [second, first]);
    const provider = subject().open();
    expect((await provider.read(ref, soon())).rrset?.addresses).toEqual([first, second]);
    await move(provider, ref, third, 1);
    expect(await subject().answer(ref.name, type)).toEqual([third]);
  });

  it('refuses to write beside a CNAME', async () => {
    const ref = freshRef(subject(), type);
    await subject().put(ref.name, 'CNAME', [`elsewhere.${subject().zone}`]);
    const provider = subject().open();
    expect(await provider.read(ref, soon())).toMatchObject({ rrset: null, cname: true });
    await expect(move(provider, ref, first, 1)).rejects.toMatchObject({ code: 'dns_cname_in_the_way' });
  });
}

/** One writer after another: where the server does not compare, the provider does, right before it writes. */
function describeConditions(subject: Subject, { type, first, second, third }: Family): void {
  const staleBy: Record<string, (name: DnsName) => Promise<void>> = {
    'another address came': (name) => subject().put(name, type, [third], 30),
    'a second address came': (name) => subject().put(name, type, [first, third], 30),
    'the record went': (name) => subject().put(name, type, []),
    'another mark came': (name) => subject().put(markName({ name }), 'TXT', [formatMark(markOf(7, them))], 30),
    'the mark went': (name) => subject().put(markName({ name }), 'TXT', []),
  };
  it.each(Object.entries(staleBy))('refuses a stale expectation, having changed nothing: %s', async (_, change) => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    await move(provider, ref, first, 1);
    const expected = await provider.read(ref, soon());
    await change(ref.name);
    const before = await provider.read(ref, soon());
    const serial = await subject().serial();
    const request = { ref, expected, next: { address: second, ttlSeconds: 30 }, mark: markOf(2) };
    await expect(provider.replace(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(await provider.read(ref, soon())).toEqual(before);
    expect(await subject().serial()).toBe(serial);
  });

  it.each([type, 'CNAME'] as const)('refuses to create where %s has come meanwhile', async (came) => {
    const ref = freshRef(subject(), type);
    await subject().put(ref.name, came, [came === 'CNAME' ? `elsewhere.${subject().zone}` : third]);
    const request = { ref, expected: nothing, next: { address: first, ttlSeconds: 30 }, mark: markOf(1) };
    const provider = subject().open();
    await expect(provider.replace(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect((await provider.read(ref, soon())).mark).toEqual({ kind: 'none' });
  });

  it('does not count another writer’s mark at the wanted address as its own success', async () => {
    const ref = freshRef(subject(), type);
    await move(subject().open(), ref, first, 1);
    const request = { ref, expected: nothing, next: { address: first, ttlSeconds: 30 }, mark: markOf(2) };
    await expect(subject().open().replace(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
  });
}

function describeMarks(subject: Subject, capabilities: Capabilities, { type, first, third }: Family): void {
  it('reads another control plane’s mark as foreign, and its own as its own', async () => {
    const ref = freshRef(subject(), type);
    await move(subject().open(), ref, first, 3);
    const theirs = await subject().open({ instance: them }).read(ref, soon());
    expect(theirs.mark).toEqual({ kind: 'foreign', mark: markOf(3) });
    expect((await subject().open().read(ref, soon())).mark.kind).toBe('ours');
  });

  const words = [
    ['a word', ['owned by the night shift']],
    ['quotes and backslashes', ['a "quoted" \\ text']],
  ] as const;
  const brokenMarks = [
    ['two texts', [formatMark(markOf(1)), 'v=spf1 -all']],
    ['a mark with something behind it', [`${formatMark(markOf(1))} `]],
  ] as const;
  const unreadable = capabilities.ownsMarkPlace ? [...words, ...brokenMarks] : brokenMarks;
  it.each(unreadable)(
    'reads a text that is no mark as unreadable, and can still take it over: %s',
    async (_, texts) => {
      const ref = freshRef(subject(), type);
      await subject().put(ref.name, type, [third]);
      await subject().put(markName(ref), 'TXT', texts);
      const provider = subject().open();
      expect((await provider.read(ref, soon())).mark.kind).toBe('unreadable');
      await move(provider, ref, first, 1);
      expect((await provider.read(ref, soon())).mark).toEqual({ kind: 'ours', mark: markOf(1) });
    },
  );

  if (capabilities.ownsMarkPlace) return;
  it.each(words)('shows a person’s note, and keeps it in front of every mark: %s', async (_, texts) => {
    const ref = freshRef(subject(), type);
    const [note] = texts;
    await subject().put(ref.name, type, [third]);
    await subject().put(markName(ref), 'TXT', texts);
    const provider = subject().open();
    expect(await provider.read(ref, soon())).toMatchObject({ mark: { kind: 'none' }, note });
    for (const epoch of [1, 2]) {
      await move(provider, ref, first, epoch);
      expect(await provider.read(ref, soon())).toMatchObject({ mark: { kind: 'ours', mark: markOf(epoch) }, note });
    }
  });
}

function describeValueOnly(subject: Subject, { type, first, second, third }: Family): void {
  it('fences by the value alone where the credential may not write the mark', async () => {
    const ref = { ...freshRef(subject(), type), name: subject().valueOnlyName };
    const provider = subject().open({ credential: 'value-only' });
    expect(await provider.probe(ref, soon())).toMatchObject({ canEdit: true, canMark: false });
    expect(await move(provider, ref, first, 1)).toEqual({ outcome: 'written', fencedBy: 'value-only' });
    const expected = await provider.read(ref, soon());
    expect(expected).toMatchObject({ rrset: { addresses: [first] }, mark: { kind: 'none' } });
    expect(await move(provider, ref, first, 2)).toEqual({ outcome: 'already', fencedBy: 'value-only' });
    const request = { ref, expected, next: { address: second, ttlSeconds: 30 }, mark: markOf(3) };
    expect(await provider.replace(request, soon())).toEqual({ outcome: 'written', fencedBy: 'value-only' });
    expect(await provider.replace(request, soon())).toEqual({ outcome: 'already', fencedBy: 'value-only' });
    const stale = { ...request, next: { address: third, ttlSeconds: 30 } };
    await expect(provider.replace(stale, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(await subject().answer(ref.name, type)).toEqual([second]);
  });
}

function describeWildcards(subject: Subject, { type, first, third }: Family): void {
  it('does not take what a wildcard answers for a record of the name', async () => {
    const inside = { ...freshRef(subject(), type), name: `lb.${type.toLowerCase()}.${subject().zone}` as DnsName };
    const wildcard = `*.${type.toLowerCase()}.${subject().zone}` as DnsName;
    await subject().put(wildcard, type, [third]);
    await subject().put(wildcard, 'TXT', ['v=spf1 -all']);
    const provider = subject().open();
    expect(await provider.read(inside, soon())).toEqual(nothing);
    expect((await move(provider, inside, first, 1)).outcome).toBe('written');
    expect(await subject().answer(inside.name, type)).toEqual([first]);
  });
}
