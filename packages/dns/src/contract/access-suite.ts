import type { DnsName, ErrorCode, RecordRef, RecordView, WithdrawAaaa } from '@serverctl/core';
import { expect, it } from 'vitest';
import {
  aaaaOf,
  type Capabilities,
  type CredentialKind,
  families,
  first,
  first6,
  freshRef,
  heldAaaa,
  markOf,
  move,
  type Subject,
  soon,
} from './subject.ts';

const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const next = { address: first, ttlSeconds: 30 };

const codeOf: Partial<Record<CredentialKind, ErrorCode>> = {
  'wrong-secret': 'dns_tsig_wrong_secret',
  'unknown-key': 'dns_tsig_unknown_key',
  'clock-skew': 'dns_tsig_clock_skew',
  'wrong-token': 'dns_token_refused',
  'filtered-token': 'dns_token_restricted',
  'scopeless-token': 'dns_token_lacks_scope',
};

/** What credentials may do, and what is said of those that are no good (R23). */
export function describeAccess(subject: Subject, capabilities: Capabilities): void {
  it.each(families)(
    'proves that it can edit $type without changing anything, before and after the record exists',
    async ({ type, first: address }) => {
      const ref = freshRef(subject(), type);
      const provider = subject().open();
      const before = await subject().serial();
      expect(await provider.probe(ref, soon())).toMatchObject({ canEdit: true, canMark: true });
      expect(await subject().serial()).toBe(before);
      await move(provider, ref, address, 1);
      const view = await provider.read(ref, soon());
      const serial = await subject().serial();
      const report = await provider.probe(ref, soon());
      expect(report).toMatchObject({ canEdit: true, canMark: true });
      expect([serial, null]).toContain(report.soaSerial);
      expect(Math.abs(report.skewSeconds ?? 0)).toBeLessThan(5);
      expect(await subject().serial()).toBe(serial);
      expect(await provider.read(ref, soon())).toEqual(view);
    },
  );

  for (const kind of capabilities.credentials) {
    const code = codeOf[kind];
    if (code === undefined) continue;
    it(`says ${code} to every call with a credential that is ${kind}`, async () => {
      const ref = freshRef(subject());
      const provider = subject().open({ credential: kind });
      const request = { ref, expected: nothing, next, mark: markOf(1) };
      await expect(provider.probe(ref, soon())).rejects.toMatchObject({ code });
      await expect(provider.read(ref, soon())).rejects.toMatchObject({ code });
      await expect(provider.replace(request, soon())).rejects.toMatchObject({ code });
      await expect(provider.withdrawAaaa(withdrawalOf(ref), soon())).rejects.toMatchObject({ code });
      expect(await subject().answer(ref.name)).toEqual([]);
    });
  }

  if (capabilities.credentials.includes('not-allowed')) {
    it('says dns_not_allowed to a write, and in the probe that it cannot edit', async () => {
      const ref = freshRef(subject());
      const provider = subject().open({ credential: 'not-allowed' });
      const request = { ref, expected: nothing, next, mark: markOf(1) };
      expect(await provider.probe(ref, soon())).toMatchObject({ canEdit: false, canMark: false });
      await expect(provider.replace(request, soon())).rejects.toMatchObject({ code: 'dns_not_allowed' });
      expect(await subject().answer(ref.name)).toEqual([]);
    });

    it('says dns_not_allowed to a withdrawal, which the right to read does not include', async () => {
      const ref = aaaaOf(freshRef(subject()));
      await subject().put(ref.name, 'AAAA', [first6]);
      const provider = subject().open({ credential: 'not-allowed' });
      expect(await provider.probe(ref, soon())).toMatchObject({ canEdit: false, canMark: false });
      await expect(provider.withdrawAaaa(withdrawalOf(ref), soon())).rejects.toMatchObject({ code: 'dns_not_allowed' });
      expect(await subject().answer(ref.name, 'AAAA')).toEqual([first6]);
    });
  }

  it('refuses a name outside the zone', async () => {
    const ref: RecordRef = { zone: subject().zone, name: 'lb.elsewhere.test' as DnsName, type: 'A' };
    await expectEveryCall(subject, ref, 'dns_name_not_in_zone');
  });

  if (capabilities.knowsZones) {
    it('says that a zone is not served', async () => {
      const ref: RecordRef = { zone: 'elsewhere.test' as DnsName, name: 'lb.elsewhere.test' as DnsName, type: 'A' };
      await expectEveryCall(subject, ref, 'dns_zone_not_served');
    });
  }
}

function withdrawalOf(ref: RecordRef): WithdrawAaaa {
  return { ref: aaaaOf(ref), expected: heldAaaa, mark: markOf(1) };
}

async function expectEveryCall(subject: Subject, ref: RecordRef, code: ErrorCode): Promise<void> {
  const provider = subject().open();
  const request = { ref, expected: nothing, next, mark: markOf(1) };
  await expect(provider.probe(ref, soon())).rejects.toMatchObject({ code });
  await expect(provider.read(ref, soon())).rejects.toMatchObject({ code });
  await expect(provider.replace(request, soon())).rejects.toMatchObject({ code });
  await expect(provider.withdrawAaaa(withdrawalOf(ref), soon())).rejects.toMatchObject({ code });
}
