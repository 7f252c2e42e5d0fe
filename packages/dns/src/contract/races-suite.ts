import type { Ipv4, Ipv6 } from '@serverctl/core';
import { expect, it } from 'vitest';
import {
  aaaaOf,
  type Capabilities,
  first,
  first6,
  freshRef,
  heldAaaa,
  markOf,
  move,
  type Subject,
  second,
  soon,
} from './subject.ts';

const racers = 20;
const moves = 50;

/** Several writers, and networks that lose things (R18 to R20). */
export function describeRaces(subject: Subject, capabilities: Capabilities): void {
  if (capabilities.comparesAndSets) describeRacing(subject);
  if (capabilities.comparesAndSets && capabilities.sharesMark) describeWithdrawalRacing(subject);

  it('shows exactly one address at every moment of many moves', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    await move(provider, ref, first, 1);
    const seen: (readonly string[])[] = [];
    let isMoving = true;
    const poll = (async () => {
      while (isMoving) seen.push(await subject().answer(ref.name));
    })();
    for (let epoch = 2; epoch <= moves + 1; epoch += 1) await move(provider, ref, epoch % 2 ? first : second, epoch);
    isMoving = false;
    await poll;
    expect(seen.length).toBeGreaterThan(moves);
    expect(seen.filter((addresses) => addresses.length !== 1)).toEqual([]);
    expect(new Set(seen.flat())).toEqual(new Set([first, second]));
  });

  it('does nothing for a caller that has given up already', async () => {
    const ref = freshRef(subject());
    const provider = subject().open();
    const serial = await subject().serial();
    const expected = await provider.read(ref, soon());
    const request = { ref, expected, next: { address: first, ttlSeconds: 30 }, mark: markOf(1) };
    const gone = AbortSignal.abort();
    await expect(provider.replace(request, gone)).rejects.toMatchObject({ code: 'dns_unreachable' });
    const withdrawal = { ref: aaaaOf(ref), expected: heldAaaa, mark: markOf(1) };
    await expect(provider.withdrawAaaa(withdrawal, gone)).rejects.toMatchObject({ code: 'dns_unreachable' });
    await expect(provider.read(ref, gone)).rejects.toMatchObject({ code: 'dns_unreachable' });
    await expect(provider.probe(ref, gone)).rejects.toMatchObject({ code: 'dns_unreachable' });
    expect(await subject().serial()).toBe(serial);
  });

  if (capabilities.losesMessages) describeLosses(subject);
}

function describeRacing(subject: Subject): void {
  it(`lets exactly one of ${racers} racing writers win`, async () => {
    const ref = freshRef(subject());
    await move(subject().open(), ref, first, 1);
    const expected = await subject().open().read(ref, soon());
    const results = await Promise.allSettled(
      Array.from({ length: racers }, (_, index) => {
        const next = { address: `192.0.2.${100 + index}` as Ipv4, ttlSeconds: 30 };
        return subject()
          .open()
          .replace({ ref, expected, next, mark: markOf(2 + index) }, soon());
      }),
    );
    const winner = results.findIndex((result) => result.status === 'fulfilled');
    const losers = results.filter((result) => result.status === 'rejected');
    expect(losers).toHaveLength(racers - 1);
    for (const loser of losers) expect(loser.reason).toMatchObject({ code: 'dns_rrset_drifted' });
    const view = await subject().open().read(ref, soon());
    expect(view).toMatchObject({
      rrset: { addresses: [`192.0.2.${100 + winner}`] },
      mark: { kind: 'ours', mark: markOf(2 + winner) },
    });
  });
}

function describeWithdrawalRacing(subject: Subject): void {
  it(`lets exactly one of ${racers} win that move the AAAA or withdraw it`, async () => {
    const ref = aaaaOf(freshRef(subject()));
    await move(subject().open(), ref, first6, 1);
    const expected = await subject().open().read(ref, soon());
    const results = await Promise.allSettled(
      Array.from({ length: racers }, (_, index) => {
        const mark = markOf(2 + index);
        const next = { address: `2001:db8::${100 + index}` as Ipv6, ttlSeconds: 30 };
        const provider = subject().open();
        return index % 2 === 0
          ? provider.withdrawAaaa({ ref, expected, mark }, soon())
          : provider.replace({ ref, expected, next, mark }, soon());
      }),
    );
    const winner = results.findIndex((result) => result.status === 'fulfilled');
    const losers = results.filter((result) => result.status === 'rejected');
    expect(losers).toHaveLength(racers - 1);
    for (const loser of losers) expect(loser.reason).toMatchObject({ code: 'dns_rrset_drifted' });
    const view = await subject().open().read(ref, soon());
    expect(view.rrset?.addresses ?? []).toEqual(winner % 2 === 0 ? [] : [`2001:db8::${100 + winner}`]);
    expect(view.mark).toEqual({ kind: 'ours', mark: markOf(2 + winner) });
  });
}

function describeLosses(subject: Subject): void {
  it.each([
    ['was made', 'lose-reply', second],
    ['was not made', 'lose-request', first],
  ] as const)('leaves a write without reply open, and a read tells that it %s', async (_, path, held) => {
    const ref = freshRef(subject());
    await move(subject().open(), ref, first, 1);
    const expected = await subject().open().read(ref, soon());
    const request = { ref, expected, next: { address: second, ttlSeconds: 30 }, mark: markOf(2) };
    const lost = subject().losing(path, (provider, signal) => provider.replace(request, signal));
    await expect(lost).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
    const view = await subject().open().read(ref, soon());
    expect(view.rrset?.addresses).toEqual([held]);
    const repeated = await subject().open().replace(request, soon());
    expect(repeated.outcome).toBe(held === second ? 'already' : 'written');
    expect(await subject().answer(ref.name)).toEqual([second]);
  });

  it.each([
    ['was made', 'lose-reply', []],
    ['was not made', 'lose-request', [first6]],
  ] as const)('leaves a withdrawal without reply open, and a read tells that it %s', async (_, path, held) => {
    const ref = freshRef(subject());
    await move(subject().open(), ref, first, 1);
    await move(subject().open(), aaaaOf(ref), first6, 1);
    const expected = await subject().open().read(aaaaOf(ref), soon());
    const request = { ref: aaaaOf(ref), expected, mark: markOf(2) };
    const lost = subject().losing(path, (provider, signal) => provider.withdrawAaaa(request, signal));
    await expect(lost).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
    const view = await subject().open().read(aaaaOf(ref), soon());
    expect(view.rrset?.addresses ?? []).toEqual(held);
    const repeated = await subject().open().withdrawAaaa(request, soon());
    expect(repeated.outcome).toBe(held.length === 0 ? 'already' : 'written');
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([]);
    expect(await subject().answer(ref.name)).toEqual([first]);
  });

  it('calls a read or a probe without reply unreachable, never an open question', async () => {
    const ref = freshRef(subject());
    const reading = subject().losing('lose-reply', (provider, signal) => provider.read(ref, signal));
    await expect(reading).rejects.toMatchObject({ code: 'dns_unreachable' });
    const probing = subject().losing('lose-reply', (provider, signal) => provider.probe(ref, signal));
    await expect(probing).rejects.toMatchObject({ code: 'dns_unreachable' });
  });
}
