import { type DnsName, formatMark, type Ipv4, type Ipv6, markName, type WithdrawAaaa } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import {
  aaaaOf,
  type Capabilities,
  families,
  first,
  first6,
  freshRef,
  markOf,
  move,
  type Subject,
  second,
  second6,
  soon,
  them,
  third,
  third6,
  withdraw,
} from './subject.ts';

/** A and AAAA of one name: each is moved alone, and of the two only the AAAA may go (R20). */
export function describeFamilies(subject: Subject, capabilities: Capabilities): void {
  describe('A and AAAA of one name', () => {
    describeBoth(subject, capabilities);
    describeBadInput(subject);
    describeWithdrawal(subject, capabilities);
    describeWithdrawalConditions(subject, capabilities);
    if (capabilities.credentials.includes('value-only')) describeValueOnlyWithdrawal(subject, capabilities);
  });
}

function describeBoth(subject: Subject, { sharesMark }: Capabilities): void {
  it(`stand under ${sharesMark ? 'one mark' : 'marks of their own'}, and the provider says so`, () => {
    expect(subject().open().sharesMark ?? false).toBe(sharesMark);
  });

  it('are moved one by one, and the other one is not touched', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1, 30);
    await move(provider, aaaaOf(ref), first6, 1, 45);
    expect((await move(provider, ref, second, 2, 30)).outcome).toBe('written');
    expect(await provider.read(aaaaOf(ref), soon())).toEqual({
      rrset: { addresses: [first6], ttlSeconds: 45 },
      mark: { kind: 'ours', mark: markOf(sharesMark ? 2 : 1) },
      cname: false,
    });
    expect((await move(provider, aaaaOf(ref), second6, 2, 45)).outcome).toBe('written');
    expect(await provider.read(ref, soon())).toEqual({
      rrset: { addresses: [second], ttlSeconds: 30 },
      mark: { kind: 'ours', mark: markOf(2) },
      cname: false,
    });
    expect(await subject().answer(ref.name, 'A')).toEqual([second]);
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([second6]);
  });

  it('are read one by one: an AAAA alone is no A, and an A alone no AAAA', async () => {
    const [only4, only6] = [freshRef(subject()), freshRef(subject(), 'AAAA')];
    await subject().put(only4.name, 'A', [first]);
    await subject().put(only6.name, 'AAAA', [first6]);
    const provider = subject().open();
    expect((await provider.read(aaaaOf(only4), soon())).rrset).toBeNull();
    expect((await provider.read({ ...only6, type: 'A' }, soon())).rrset).toBeNull();
  });

  it('have canonical addresses, however somebody else wrote them (RFC 5952)', async () => {
    const ref = aaaaOf(freshRef(subject()));
    await subject().put(ref.name, 'AAAA', ['2001:0DB8:0:0::0001'], 30);
    const provider = subject().open();
    expect((await provider.read(ref, soon())).rrset).toEqual({ addresses: [first6], ttlSeconds: 30 });
    await move(provider, ref, first6, 1);
    expect((await move(provider, ref, first6, 1)).outcome).toBe('already');
  });
}

function describeBadInput(subject: Subject): void {
  it.each([
    ['an IPv6 address in an A', 'A', first6],
    ['an IPv4 address in an AAAA', 'AAAA', first],
    ['an IPv4 address that is written as IPv6', 'AAAA', '::ffff:192.0.2.1' as Ipv6],
    ['an address of another spelling than the canonical', 'AAAA', '2001:DB8::1' as Ipv6],
    ['no address', 'A', '' as Ipv4],
  ] as const)('are refused before anything is sent with %s', async (_, type, address) => {
    const ref = freshRef(subject(), type);
    const provider = subject().open();
    const serial = await subject().serial();
    await expect(move(provider, ref, address, 1)).rejects.toMatchObject({ code: 'internal' });
    expect(await subject().serial()).toBe(serial);
  });

  it('are never both withdrawn: the A stays, whoever got around its type (R20)', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    const expected = await provider.read(ref, soon());
    const forged = { ref, expected, mark: markOf(2) } as unknown as WithdrawAaaa; // what the compiler refuses
    await expect(provider.withdrawAaaa(forged, soon())).rejects.toMatchObject({ code: 'internal' });
    expect(await subject().answer(ref.name)).toEqual([first]);
  });
}

function describeWithdrawal(subject: Subject, { sharesMark }: Capabilities): void {
  it('leave the A when the AAAA is withdrawn', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    await move(provider, aaaaOf(ref), first6, 1);
    expect(await withdraw(provider, ref, 2)).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(await provider.read(aaaaOf(ref), soon())).toEqual({
      rrset: null,
      mark: sharesMark ? { kind: 'ours', mark: markOf(2) } : { kind: 'none' },
      cname: false,
    });
    expect(await provider.read(ref, soon())).toEqual({
      rrset: { addresses: [first], ttlSeconds: 30 },
      mark: { kind: 'ours', mark: markOf(sharesMark ? 2 : 1) },
      cname: false,
    });
    expect(await subject().answer(ref.name, 'A')).toEqual([first]);
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([]);
  });

  it('answer a repeated withdrawal with `already`, and change nothing', async () => {
    const ref = aaaaOf(freshRef(subject()));
    const provider = subject().open();
    await move(provider, ref, first6, 1);
    const request = { ref, expected: await provider.read(ref, soon()), mark: markOf(2) };
    await provider.withdrawAaaa(request, soon());
    const serial = await subject().serial();
    expect((await provider.withdrawAaaa(request, soon())).outcome).toBe('already');
    expect((await withdraw(provider, ref, 2)).outcome).toBe('already');
    expect(await subject().serial()).toBe(serial);
  });

  it('take an AAAA again after it was withdrawn', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    await move(provider, aaaaOf(ref), first6, 1);
    await withdraw(provider, ref, 2);
    expect((await move(provider, aaaaOf(ref), second6, 3)).outcome).toBe('written');
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([second6]);
  });

  it('lose every AAAA that stood there', async () => {
    const ref = aaaaOf(freshRef(subject()));
    await subject().put(ref.name, 'AAAA', [first6, third6]);
    expect((await withdraw(subject().open(), ref, 1)).outcome).toBe('written');
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([]);
  });

  if (!sharesMark) return;
  it('have one mark, which a withdrawal raises even where no AAAA was', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    expect((await withdraw(provider, ref, 2)).outcome).toBe('written');
    expect((await withdraw(provider, ref, 2)).outcome).toBe('already');
    expect((await provider.read(ref, soon())).mark).toEqual({ kind: 'ours', mark: markOf(2) });
    expect(await subject().answer(ref.name)).toEqual([first]);
  });
}

function describeWithdrawalConditions(subject: Subject, { sharesMark }: Capabilities): void {
  const put = (name: DnsName, ...addresses: Ipv6[]) => subject().put(name, 'AAAA', addresses, 30);
  const staleBy: Record<string, (name: DnsName) => Promise<void>> = {
    'another address came': (name) => put(name, third6),
    'a second address came': (name) => put(name, first6, third6),
    'another mark came': (name) => subject().put(markName({ name }), 'TXT', [formatMark(markOf(7, them))], 30),
    'the mark went': (name) => subject().put(markName({ name }), 'TXT', []),
    ...(sharesMark && {
      'the record went, and nobody raised the mark': (name: DnsName) => put(name),
      'the A was moved': async (name: DnsName) => {
        await move(subject().open(), { zone: subject().zone, name, type: 'A' }, second, 2);
      },
    }),
  };
  it.each(Object.entries(staleBy))(
    'refuse a withdrawal that is stale, having changed nothing: %s',
    async (_, change) => {
      const ref = freshRef(subject());
      const provider = subject().open();
      await move(provider, ref, first, 1);
      await move(provider, aaaaOf(ref), first6, 1);
      const expected = await provider.read(aaaaOf(ref), soon());
      await change(ref.name);
      const views = () => Promise.all(families.map(({ type }) => provider.read({ ...ref, type }, soon())));
      const before = await views();
      const serial = await subject().serial();
      const request = { ref: aaaaOf(ref), expected, mark: markOf(3) };
      await expect(provider.withdrawAaaa(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
      expect(await views()).toEqual(before);
      expect(await subject().serial()).toBe(serial);
    },
  );

  it('are withdrawn by what was read of the AAAA: a person’s A is no part of it', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    await move(provider, aaaaOf(ref), first6, 1);
    const expected = await provider.read(aaaaOf(ref), soon());
    await subject().put(ref.name, 'A', [third], 30);
    const request = { ref: aaaaOf(ref), expected, mark: markOf(2) };
    expect((await provider.withdrawAaaa(request, soon())).outcome).toBe('written');
    expect(await subject().answer(ref.name)).toEqual([third]);
  });

  it('refuse a withdrawal beside a CNAME, as any write', async () => {
    const ref = freshRef(subject());
    await subject().put(ref.name, 'CNAME', [`elsewhere.${subject().zone}`]);
    await expect(withdraw(subject().open(), ref, 1)).rejects.toMatchObject({ code: 'dns_cname_in_the_way' });
  });
}

function describeValueOnlyWithdrawal(subject: Subject, { sharesMark }: Capabilities): void {
  it('are fenced by the value alone where the credential may not write the mark', async () => {
    const ref = aaaaOf({ ...freshRef(subject()), name: subject().valueOnlyName });
    // Where a mark goes with its record there is none to write, so that a withdrawal needs no right to it.
    const fence = sharesMark ? { fencedBy: 'value-only' } : {};
    await subject().put(ref.name, 'AAAA', [first6], 30);
    const provider = subject().open({ credential: 'value-only' });
    const request = { ref, expected: await provider.read(ref, soon()), mark: markOf(9) };
    await subject().put(ref.name, 'AAAA', [second6], 30);
    await expect(provider.withdrawAaaa(request, soon())).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    await subject().put(ref.name, 'AAAA', [first6], 30);
    expect(await provider.withdrawAaaa(request, soon())).toMatchObject({ outcome: 'written', ...fence });
    expect(await provider.withdrawAaaa(request, soon())).toMatchObject({ outcome: 'already', ...fence });
    expect(await withdraw(provider, ref, 9)).toMatchObject({ outcome: 'already', ...fence });
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([]);
  });
}
