import type { DnsName, PreflightFinding, PreflightLook, PreflightTrouble, RecordType } from '@serverctl/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LeaseFence } from './ports.ts';
import type { PreflightStore } from './preflight-ports.ts';

/** A store with the credential `c1` and nothing that uses it, and the hands of those who change things around it. */
export interface PreflightStoreUnderTest {
  readonly store: PreflightStore;
  bind(name: string, change?: { readonly zone?: string; readonly type?: RecordType }): Promise<void>;
  release(name: string): Promise<void>;
  /** So much time passes since what is kept was found. */
  later(ms: number): Promise<void>;
  /** Each grant is to another leader than the one before. */
  lead(): Promise<LeaseFence>;
  /** What people were told of credentials, in order. */
  told(): Promise<readonly { readonly kind: string; readonly zone: unknown; readonly sentence: string }[]>;
}

const zone = 'example.com';
const refused: PreflightTrouble = {
  code: 'dns_token_refused',
  message: 'It is refused.',
  remedy: 'Make a new one.',
  said: '10000: no',
  mayPass: false,
};
const away: PreflightTrouble = { ...refused, code: 'dns_unreachable', said: null, mayPass: true };
const valueOnly: PreflightFinding = {
  code: 'value-only',
  name: 'a.example.com',
  type: 'A',
  message: 'No mark.',
  remedy: 'Give the right.',
};

const look = (change: Partial<PreflightLook> = {}): PreflightLook => ({
  credentialId: 'c1',
  credential: 'c1',
  zone,
  name: 'a.example.com',
  type: 'A',
  trouble: null,
  findings: [],
  ...change,
});

/** The contract of `PreflightStore`: one state of each credential in each zone, whose turns are told once, whoever leads (R23). */
export function describePreflightStore(name: string, open: () => Promise<PreflightStoreUnderTest>): void {
  describe(`what is kept of credentials, ${name}`, () => {
    let under: PreflightStoreUnderTest;
    let fence: LeaseFence;
    beforeEach(async () => {
      under = await open();
      await under.bind('a.example.com');
      fence = await under.lead();
    });
    const record = (change: Partial<PreflightLook> = {}) => under.store.record(look(change), fence);
    const kinds = async () => (await under.told()).map(({ kind }) => kind);
    const last = async (of = zone) => {
      const [subject] = await under.store.subjects({ credentialId: 'c1', zone: of as DnsName });
      return subject?.last;
    };

    test('a credential is there once for each zone where a managed name uses it', async () => {
      await under.bind('b.example.com', { type: 'AAAA' });
      await under.bind('a.example.net', { zone: 'example.net' });
      const subjects = await under.store.subjects();
      expect(
        subjects.map((one) => [one.credentialId, one.version, one.zone, one.names.map((own) => own.name)]),
      ).toEqual(
        expect.arrayContaining([
          ['c1', 1, 'example.com', ['a.example.com', 'b.example.com']],
          ['c1', 1, 'example.net', ['a.example.net']],
        ]),
      );
      expect(subjects).toHaveLength(2);
      expect(await under.store.subjects({ credentialId: 'c1', zone: 'nowhere.test' as DnsName })).toEqual([]);
    });

    test('the last look is shown to whoever looks next', async () => {
      expect(await last()).toBeNull();
      await record();
      expect(await last()).toMatchObject({ name: 'a.example.com', type: 'A', isFailing: false });
      await record({ trouble: away });
      expect(await last()).toMatchObject({ name: 'a.example.com', type: 'A', isFailing: true });
    });

    test('so is how long ago it was', async () => {
      const hourMs = 3_600_000;
      await record();
      await under.later(hourMs);
      const agoMs = (await last())?.agoMs;
      expect(agoMs).toBeGreaterThanOrEqual(hourMs);
      expect(agoMs).toBeLessThan(2 * hourMs);
      await record();
      expect((await last())?.agoMs).toBeLessThan(hourMs);
    });

    test('whoever records learns the state: null where nothing is kept', async () => {
      expect([await record(), await record({ trouble: away })]).toEqual(['ok', 'failing']);
      await under.release('a.example.com');
      expect(await record()).toBeNull();
    });

    test('the trouble of one record is not over because another works', async () => {
      await under.bind('b.example.com');
      await record({ trouble: refused });
      expect(await record({ name: 'b.example.com' })).toBe('failing');
      expect(await last()).toMatchObject({ name: 'a.example.com', isFailing: true });
      expect(await record()).toBe('ok');
      expect(await kinds()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
    });

    test('a refusal is told at once and once, and its end once', async () => {
      await record({ trouble: refused });
      await record({ trouble: refused });
      await record({ trouble: away });
      expect(await kinds()).toEqual(['dns.credential-failing']);
      await record();
      await record();
      expect(await kinds()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
      const [failing] = await under.told();
      expect(failing).toMatchObject({ zone, sentence: expect.stringContaining('The provider says: 10000: no') });
    });

    test('what may pass is told the second time in a row, and where it passed nothing is told at all', async () => {
      await record({ trouble: away });
      await record();
      await record({ trouble: away });
      expect(await kinds()).toEqual([]);
      await record({ trouble: away });
      expect(await kinds()).toEqual(['dns.credential-failing']);
    });

    test('the next leader tells nothing again, counts on, and tells the end', async () => {
      await record({ trouble: away });
      fence = await under.lead();
      await record({ trouble: away });
      expect(await kinds()).toEqual(['dns.credential-failing']);
      fence = await under.lead();
      await record({ trouble: refused });
      await record();
      expect(await kinds()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
    });

    test('whoever leads no more keeps nothing and tells nothing (R15)', async () => {
      await under.lead();
      await expect(record({ trouble: refused })).rejects.toMatchObject({ code: 'not_leader' });
      expect([await last(), await kinds()]).toEqual([null, []]);
    });

    test('two zones of one credential fail and recover apart', async () => {
      await under.bind('a.example.net', { zone: 'example.net' });
      await record({ trouble: refused });
      await record({ trouble: refused, zone: 'example.net', name: 'a.example.net' });
      await record();
      const told = await under.told();
      expect(told.map((one) => [one.kind, one.zone])).toEqual([
        ['dns.credential-failing', 'example.com'],
        ['dns.credential-failing', 'example.net'],
        ['dns.credential-recovered', 'example.com'],
      ]);
      expect(await last('example.net')).toMatchObject({ isFailing: true });
    });

    test('trouble of a zone that nothing uses any more ends, and is told to end', async () => {
      await record({ trouble: refused });
      await under.store.forgetUnused(fence);
      expect(await kinds()).toEqual(['dns.credential-failing']);
      await under.release('a.example.com');
      await under.store.forgetUnused(fence);
      await under.store.forgetUnused(fence);
      expect(await kinds()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
      await under.bind('a.example.com');
      expect(await last()).toBeNull();
    });

    test('what comes of a look at a name that was released meanwhile is not kept', async () => {
      await under.release('a.example.com');
      await record({ trouble: refused });
      await under.bind('a.example.com');
      expect([await last(), await kinds()]).toEqual([null, []]);
    });

    test('findings are of each name: another name’s look keeps them, its own replaces them', async () => {
      await under.bind('b.example.com');
      await record({ findings: [valueOnly] });
      await record({ name: 'b.example.com' });
      expect(await kinds()).toEqual([]);
      expect(await last()).toMatchObject({ name: 'b.example.com', type: 'A', isFailing: false });
    });
  });
}
