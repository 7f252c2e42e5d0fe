import type { Ipv4 } from '@serverctl/core';
import { expect, it } from 'vitest';
import { type Capabilities, first, freshRef, markOf, move, type Subject, second, soon } from './subject.ts';

const racers = 20;
const moves = 50;

/** Several writers, and networks that lose things (R18 to R20). */
export function describeRaces(subject: Subject, capabilities: Capabilities): void {
  if (capabilities.comparesAndSets) describeRacing(subject);

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

  it('calls a read or a probe without reply unreachable, never an open question', async () => {
    const ref = freshRef(subject());
    const reading = subject().losing('lose-reply', (provider, signal) => provider.read(ref, signal));
    await expect(reading).rejects.toMatchObject({ code: 'dns_unreachable' });
    const probing = subject().losing('lose-reply', (provider, signal) => provider.probe(ref, signal));
    await expect(probing).rejects.toMatchObject({ code: 'dns_unreachable' });
  });
}
