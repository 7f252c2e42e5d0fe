import type { DnsName, Ipv4, Ipv6, RecordRef, RecordView, WriteRequest, ZoneCalls } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import {
  aaaaOf,
  type Capabilities,
  type ContractSubject,
  first,
  first6,
  freshRef,
  markOf,
  move,
  type Subject,
  second,
  soon,
  them,
  third,
  third6,
} from './subject.ts';

const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const written = { status: 'fulfilled', value: { outcome: 'written' } };
const already = { status: 'fulfilled', value: { outcome: 'already' } };
const alwaysSoon = { limit: soon, lift: () => undefined };
const failed = (code: string) => ({ status: 'rejected', reason: { code } });

/** Many names of one zone in few requests (R22): each has an outcome of its own, whatever becomes of the others. */
export function describeZoneCalls(subject: Subject, capabilities: Capabilities): void {
  describe.each([2, 9])('%i names of one zone at once', (count) => {
    describeMany(subject, count);
    describeTold(subject, count);
    describeOneAmongMany(subject, count);
    describeWhole(subject, capabilities, count);
  });

  it.each(['slow', 'refused', 'failing'] as const)(
    'move though lists of their zone are %s, within a few calls of as many requests as are asked for',
    async (trouble) => {
      const { provider, limit, lift } = subject().troubleLists?.(trouble) ?? {
        ...alwaysSoon,
        provider: subject().open(),
      };
      const calls = zoneCallsOf(subject(), provider);
      const refs = freshRefs(subject(), 9);
      let left = refs.map((ref) => wish(ref, nothing, first, 1));
      for (let tries = 0; left.length > 0 && tries < 4; tries += 1) {
        const cost = calls.requestsFor?.(left.length, subject().zone);
        const outcomes = await calls.write(left, limit(), cost && { requests: cost.write });
        left = left.filter((_, index) => outcomes[index]?.status !== 'fulfilled' || outcomes[index].value === null);
      }
      lift();
      expect(left).toEqual([]);
      for (const { name } of refs) expect(await subject().answer(name)).toEqual([first]);
    },
  );

  it('are none where none are asked for', async () => {
    const calls = zoneCallsOf(subject());
    expect(await calls.read([], soon())).toEqual([]);
    expect(await calls.write([], soon())).toEqual([]);
    expect(calls.mostWrites).toBeGreaterThan(0);
  });

  it('are A and AAAA of the same name, each with an outcome of its own', async () => {
    const ref = freshRef(subject());
    const six = aaaaOf(ref);
    const calls = zoneCallsOf(subject());
    const created = [wish(ref, nothing, first, 1), wish(six, nothing, first6, 1)];
    expect(await calls.write(created, soon())).toMatchObject([written, written]);
    const [view, view6] = await readAll(calls, [ref, six]);
    expect([view?.rrset?.addresses, view6?.rrset?.addresses]).toEqual([[first], [first6]]);
    const gone = { ref: six, expected: view6 ?? nothing, mark: markOf(2) };
    const moved = [wish(ref, view ?? nothing, second, 2), gone];
    expect(await calls.write(moved, soon())).toMatchObject([written, written]);
    expect(await subject().answer(ref.name, 'A')).toEqual([second]);
    expect(await subject().answer(ref.name, 'AAAA')).toEqual([]);
    expect(await calls.write(moved, soon())).toMatchObject([already, already]);
  });
}

function describeTold(subject: Subject, count: number): void {
  it('are each told of, as in the end', async () => {
    const refs = freshRefs(subject(), count);
    const calls = zoneCallsOf(subject());
    const told = new Map<unknown, unknown>();
    const settled = (asked: unknown, outcome: unknown) => void told.set(asked, outcome);
    const requests = refs.map((ref) => wish(ref, nothing, first, 1));
    const written = await calls.write(requests, soon(), { settled });
    const read = await calls.read(refs, soon(), { settled });
    expect([...requests, ...refs].map((asked) => told.get(asked))).toEqual([...written, ...read]);
  });

  it('are not written where they are not wanted any more (R16)', async () => {
    const refs = freshRefs(subject(), count);
    const requests = refs.map((ref) => wish(ref, nothing, first, 1));
    const isWanted = ({ ref }: WriteRequest) => ref !== refs[0];
    const outcomes = await zoneCallsOf(subject()).write(requests, soon(), { isWanted });
    const left = { status: 'fulfilled', value: null };
    expect(outcomes).toMatchObject([left, ...refs.slice(1).map(() => written)]);
    expect(await subject().answer(refs[0]?.name ?? expect.fail())).toEqual([]);
  });
}

function describeMany(subject: Subject, count: number): void {
  it('are read as they are read one by one, in the order they were asked for', async () => {
    const refs = freshRefs(subject(), count);
    const provider = subject().open();
    const [one, other, cname] = refs as [RecordRef, RecordRef, RecordRef?]; // as many as `count` says, at least two
    await move(provider, one, first, 1);
    await subject().put(other.name, 'A', [third, second]);
    if (cname !== undefined) await subject().put(cname.name, 'CNAME', [`elsewhere.${subject().zone}`]);
    const views = await readAll(zoneCallsOf(subject()), refs);
    expect(views).toEqual(await Promise.all(refs.map((ref) => provider.read(ref, soon()))));
    expect(views[0]?.rrset?.addresses).toEqual([first]);
    if (cname !== undefined) expect(views[2]).toMatchObject({ rrset: null, cname: true });
  });

  it('are created, moved, and left alone when they are there already', async () => {
    const refs = freshRefs(subject(), count);
    const calls = zoneCallsOf(subject());
    const created = refs.map((ref) => wish(ref, nothing, first, 1));
    expect(await calls.write(created, soon())).toMatchObject(refs.map(() => written));
    const views = await readAll(calls, refs);
    expect(views.map(({ mark }) => mark)).toEqual(refs.map(() => ({ kind: 'ours', mark: markOf(1) })));
    const moved = refs.map((ref, index) => wish(ref, views[index] ?? nothing, second, 2));
    expect(await calls.write(moved, soon())).toMatchObject(refs.map(() => written));
    for (const { name } of refs) expect(await subject().answer(name)).toEqual([second]);
    const serial = await subject().serial();
    expect(await calls.write(moved, soon())).toMatchObject(refs.map(() => already));
    expect(await subject().serial()).toBe(serial);
  });
}

function describeOneAmongMany(subject: Subject, count: number): void {
  it.each([
    ['drifted', 'dns_rrset_drifted', (name: DnsName) => subject().put(name, 'A', [third])],
    ['marked by another', 'dns_rrset_drifted', moveByThem(subject)],
    ['a CNAME by now', 'dns_rrset_drifted', replaceByCname(subject)],
  ] as const)('are written but for one that is %s', async (_, code, change) => {
    const refs = freshRefs(subject(), count);
    const calls = zoneCallsOf(subject());
    const created = await calls.write(
      refs.map((ref) => wish(ref, nothing, first, 1)),
      soon(),
    );
    expect(created).toMatchObject(refs.map(() => written));
    const views = await readAll(calls, refs);
    const bad = refs[1] ?? expect.fail('no second name');
    await change(bad.name);
    const before = await subject().open().read(bad, soon());
    const moved = refs.map((ref, index) => wish(ref, views[index] ?? nothing, second, 2));
    const expected = refs.map((ref) => (ref === bad ? failed(code) : written));
    expect(await calls.write(moved, soon())).toMatchObject(expected);
    expect(await subject().open().read(bad, soon())).toEqual(before);
    for (const { name } of refs.filter((ref) => ref !== bad)) expect(await subject().answer(name)).toEqual([second]);
  });

  it('are written but for those that nobody can write', async () => {
    const refs = freshRefs(subject(), count);
    const calls = zoneCallsOf(subject());
    const [outside, twin, cname, six] = freshRefs(subject(), 4) as [RecordRef, RecordRef, RecordRef, RecordRef]; // four
    const elsewhere = { ...outside, name: 'lb.elsewhere.test' as DnsName };
    const requests = [
      ...refs.map((ref) => wish(ref, nothing, first, 1)),
      wish(elsewhere, nothing, first, 1),
      wish(cname, { ...nothing, cname: true }, first, 1),
      wish(six, nothing, third6, 1),
      wish(twin, nothing, first, 1),
      wish({ ...twin }, nothing, second, 1),
    ];
    const bad = ['dns_name_not_in_zone', 'dns_cname_in_the_way', 'internal'].map(failed);
    const outcomes = await calls.write(requests, soon());
    expect(outcomes).toMatchObject([...refs.map(() => written), ...bad, written, failed('internal')]);
    expect(await subject().answer(twin.name)).toEqual([first]);
    for (const { name } of [cname, six]) expect(await subject().answer(name)).toEqual([]);
    const [view, refused] = await calls.read([twin, elsewhere], soon());
    expect(view).toMatchObject({ status: 'fulfilled', value: { rrset: { addresses: [first] } } });
    expect(refused).toMatchObject(failed('dns_name_not_in_zone'));
  });
}

function describeWhole(subject: Subject, capabilities: Capabilities, count: number): void {
  it('are not touched for a caller that has given up already', async () => {
    const refs = freshRefs(subject(), count);
    const calls = zoneCallsOf(subject());
    const serial = await subject().serial();
    const unreachable = refs.map(() => failed('dns_unreachable'));
    const requests = refs.map((ref) => wish(ref, nothing, first, 1));
    expect(await calls.read(refs, AbortSignal.abort())).toMatchObject(unreachable);
    expect(await calls.write(requests, AbortSignal.abort())).toMatchObject(unreachable);
    expect(await subject().serial()).toBe(serial);
  });

  if (capabilities.credentials.includes('not-allowed')) {
    it('are all refused with a credential that may not write', async () => {
      const refs = freshRefs(subject(), count);
      const calls = zoneCallsOf(subject(), subject().open({ credential: 'not-allowed' }));
      const requests = refs.map((ref) => wish(ref, nothing, first, 1));
      expect(await calls.write(requests, soon())).toMatchObject(refs.map(() => failed('dns_not_allowed')));
      expect(await readAll(calls, refs)).toEqual(refs.map(() => nothing));
    });
  }

  if (!capabilities.losesMessages) return;
  it.each([
    ['made', 'lose-reply', second, already],
    ['not made', 'lose-request', first, written],
  ] as const)('are all open questions without a reply, and a read tells that they were %s', async (...given) => {
    const [, path, held, repeated] = given;
    const refs = freshRefs(subject(), count);
    for (const ref of refs) await move(subject().open(), ref, first, 1);
    const views = await readAll(zoneCallsOf(subject()), refs);
    const requests = refs.map((ref, index) => wish(ref, views[index] ?? nothing, second, 2));
    const lost = await subject().losing(path, (provider, signal) =>
      zoneCallsOf(subject(), provider).write(requests, signal),
    );
    expect(lost).toMatchObject(refs.map(() => failed('dns_outcome_unknown')));
    const now = await readAll(zoneCallsOf(subject()), refs);
    expect(now.map(({ rrset }) => rrset?.addresses)).toEqual(refs.map(() => [held]));
    expect(await zoneCallsOf(subject()).write(requests, soon())).toMatchObject(refs.map(() => repeated));
  });
}

function moveByThem(subject: Subject) {
  return async (name: DnsName) => {
    const ref: RecordRef = { zone: subject().zone, name, type: 'A' };
    const provider = subject().open({ instance: them });
    const expected = await provider.read(ref, soon());
    await provider.replace({ ref, expected, next: { address: third, ttlSeconds: 30 }, mark: markOf(7, them) }, soon());
  };
}

function replaceByCname(subject: Subject) {
  return async (name: DnsName) => {
    await subject().put(name, 'A', []);
    await subject().put(name, 'CNAME', [`elsewhere.${subject().zone}`]);
  };
}

function freshRefs(subject: ContractSubject, count: number): readonly RecordRef[] {
  return Array.from({ length: count }, () => freshRef(subject));
}

function zoneCallsOf(subject: ContractSubject, provider = subject.open()): ZoneCalls {
  return provider.zoneCalls ?? expect.fail('the provider has no calls for many names');
}

function wish(ref: RecordRef, expected: RecordView, address: Ipv4 | Ipv6, epoch: number): WriteRequest {
  return { ref, expected, next: { address, ttlSeconds: 30 }, mark: markOf(epoch) };
}

async function readAll(calls: ZoneCalls, refs: readonly RecordRef[]): Promise<readonly RecordView[]> {
  const outcomes = await calls.read(refs, soon());
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') return expect.fail(`${outcome.reason}`);
    return outcome.value ?? expect.fail('a name was not asked for');
  });
}
