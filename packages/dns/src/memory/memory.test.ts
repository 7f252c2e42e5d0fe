import type { DnsName, ErrorCode, InstanceId } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { first, first6, freshRef, markOf, move, second6, soon, us, withdraw } from '../contract/subject.ts';
import { type ContractSubject, type CredentialKind, describeDnsProvider } from '../contract-suite.ts';
import { createMemoryProvider, createMemoryZone } from './index.ts';

const zoneName = 'example.test' as DnsName;
const refusals: Partial<Record<CredentialKind, ErrorCode>> = {
  'wrong-secret': 'dns_tsig_wrong_secret',
  'unknown-key': 'dns_tsig_unknown_key',
  'clock-skew': 'dns_tsig_clock_skew',
};

async function openSubject(): Promise<ContractSubject> {
  const zone = createMemoryZone(zoneName);
  const open = ({
    instance = us,
    credential = 'good',
  }: {
    instance?: InstanceId;
    credential?: CredentialKind;
  } = {}) => {
    const refusal = refusals[credential];
    const rights = { edit: credential !== 'not-allowed', mark: credential !== 'value-only' };
    return createMemoryProvider({ zone, instance, rights, ...(refusal && { refusal }) });
  };
  return {
    zone: zoneName,
    valueOnlyName: `narrow.${zoneName}` as DnsName,
    open,
    put: async (name, type, values, ttlSeconds) => zone.put(name, type, values, ttlSeconds),
    answer: async (name, type = 'A') => zone.get(name, type)?.values ?? [],
    serial: async () => zone.serial,
    losing(path, call) {
      if (path === 'lose-request') zone.inject({ kind: 'fail', code: 'dns_outcome_unknown' });
      else zone.inject({ kind: 'lose-reply' });
      return call(open(), soon());
    },
    stop: async () => undefined,
  };
}

describeDnsProvider('memory', openSubject);

describe('a zone in memory', () => {
  const subject = { zone: zoneName } as ContractSubject;

  it('holds a call back until the promise is kept, and lets the caller give up meanwhile', async () => {
    const zone = createMemoryZone(zoneName);
    const provider = createMemoryProvider({ zone, instance: us });
    const ref = freshRef(subject);
    const { promise, resolve } = Promise.withResolvers<void>();
    zone.inject({ kind: 'delay', until: promise }, { verbs: ['replace'], times: 2 });
    const moved = move(provider, ref, '192.0.2.1' as never, 1);
    const controller = new AbortController();
    const expected = await provider.read(ref, soon());
    const next = { address: '192.0.2.2' as never, ttlSeconds: 30 };
    const mark = { instance: us, pool: 'pppppppppppp' as never, epoch: 2 };
    const given = provider.replace({ ref, expected, next, mark }, controller.signal);
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: 'dns_unreachable' });
    expect(zone.get(ref.name, 'A')).toBeNull();
    resolve();
    expect((await moved).outcome).toBe('written');
  });

  it('lets somebody else change the record between reading and writing', async () => {
    const zone = createMemoryZone(zoneName);
    const ref = freshRef(subject);
    zone.inject({ kind: 'drift', change: (now) => now.put(ref.name, 'A', ['192.0.2.9']) }, { verbs: ['replace'] });
    const moved = move(createMemoryProvider({ zone, instance: us }), ref, '192.0.2.1' as never, 1);
    await expect(moved).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(zone.get(ref.name, 'A')?.values).toEqual(['192.0.2.9']);
  });

  it('holds an AAAA in canonical text, and refuses what is none (RFC 5952)', () => {
    const zone = createMemoryZone(zoneName);
    zone.put(`lb.${zoneName}`, 'AAAA', ['2001:DB8:0:0::1', '2001:db8::1'], 30);
    expect(zone.get(`lb.${zoneName}`, 'AAAA')).toEqual({ values: ['2001:db8::1'], ttlSeconds: 30 });
    expect(() => zone.put(`lb.${zoneName}`, 'AAAA', ['192.0.2.1'])).toThrow('not an IPv6 address');
  });

  it('lets a withdrawal meet faults of its own', async () => {
    const zone = createMemoryZone(zoneName);
    const provider = createMemoryProvider({ zone, instance: us });
    const ref = freshRef(subject, 'AAAA');
    zone.put(ref.name, 'AAAA', [first6]);
    zone.inject({ kind: 'lose-reply' }, { verbs: ['withdrawAaaa'] });
    await move(provider, ref, second6, 1);
    await expect(withdraw(provider, ref, 2)).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
    expect(zone.get(ref.name, 'AAAA')).toBeNull();
    expect((await withdraw(provider, ref, 2)).outcome).toBe('already');
  });

  it('does not look at a wish to be proxied, as a name server', async () => {
    const zone = createMemoryZone(zoneName);
    const provider = createMemoryProvider({ zone, instance: us });
    const ref = freshRef(subject);
    await move(provider, ref, first, 1);
    const expected = await provider.read(ref, soon());
    const next = { address: first, ttlSeconds: 30, proxied: true };
    expect((await provider.replace({ ref, expected, next, mark: markOf(1) }, soon())).outcome).toBe('already');
  });

  it('fails for as long as an outage lasts', async () => {
    const zone = createMemoryZone(zoneName);
    const provider = createMemoryProvider({ zone, instance: us });
    const lift = zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { times: Number.POSITIVE_INFINITY });
    for (let call = 0; call < 3; call += 1) {
      await expect(provider.read(freshRef(subject), soon())).rejects.toMatchObject({ code: 'dns_unreachable' });
    }
    lift();
    expect((await provider.read(freshRef(subject), soon())).rrset).toBeNull();
  });
});
