import { AppError, type MemberId } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnrolmentStore, EnrolmentUse } from './ports.ts';

/** A store under test, and how a test furnishes it. */
export interface EnrolmentsUnderTest {
  readonly store: EnrolmentStore;
  /** A member without a key, with a pool of its own. */
  addMember(hostname: string): Promise<MemberId>;
  removeMember(id: MemberId): Promise<void>;
  /** A new secret; an earlier open one of the member is void. `expired`: its time is over already. */
  issueSecret(id: MemberId, secretHash: Uint8Array, expired?: boolean): Promise<void>;
  /** The member's valid keys. */
  keysOf(id: MemberId): Promise<readonly Uint8Array[]>;
  quarantine(id: MemberId): Promise<void>;
  isQuarantined(id: MemberId): Promise<boolean>;
  close(): Promise<void>;
}

const invalid = { code: 'enrolment_secret_invalid' };
const nobodyRefused = () => null;
let made = 0;

/** The executable meaning of EnrolmentStore (R34, I15). The in-memory store and PostgreSQL's both pass it. */
export function describeEnrolmentStore(name: string, open: () => Promise<EnrolmentsUnderTest>): void {
  describe(`EnrolmentStore: ${name}`, () => {
    let under: EnrolmentsUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const invited = async () => {
      const hostname = `h${++made}.example.com`;
      const id = await under.addMember(hostname);
      const secretHash = bytes();
      await under.issueSecret(id, secretHash);
      return { id, hostname, secretHash };
    };
    const texts = async (id: MemberId) => (await under.keysOf(id)).map((key) => Buffer.from(key).toString('hex'));

    test('a secret opens the enrolment of its member and leaves the host’s key', async () => {
      const { id, hostname, secretHash } = await invited();
      const use = useOf(secretHash);
      const { open: found, refusal } = await under.store.use(use, nobodyRefused);
      expect(refusal).toBeNull();
      expect(found).toMatchObject({ memberId: id, hostname, isExpired: false });
      expect(await texts(id)).toEqual([Buffer.from(use.publicKey).toString('hex')]);
    });

    test('of many that use one secret at once exactly one leaves a key, and it is that one’s (I15)', async () => {
      const { id, secretHash } = await invited();
      const uses = Array.from({ length: 12 }, () => useOf(secretHash));
      const outcomes = await Promise.allSettled(uses.map((use) => under.store.use(use, nobodyRefused)));
      const won = uses.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      expect(won.length).toBe(1);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(invalid);
      expect(await texts(id)).toEqual(won.map(({ publicKey }) => Buffer.from(publicKey).toString('hex')));
    });

    test('a used secret is worth nothing, and the key it left stays', async () => {
      const { id, secretHash } = await invited();
      await under.store.use(useOf(secretHash), nobodyRefused);
      const before = await texts(id);
      await expect(under.store.use(useOf(secretHash), nobodyRefused)).rejects.toMatchObject(invalid);
      expect(await texts(id)).toEqual(before);
    });

    test('an unknown, a replaced and a removed member’s secret are worth nothing', async () => {
      await expect(under.store.use(useOf(bytes()), nobodyRefused)).rejects.toMatchObject(invalid);
      const { id, secretHash } = await invited();
      const second = bytes();
      await under.issueSecret(id, second);
      await expect(under.store.use(useOf(secretHash), nobodyRefused)).rejects.toMatchObject(invalid);
      await under.removeMember(id);
      await expect(under.store.use(useOf(second), nobodyRefused)).rejects.toMatchObject(invalid);
      expect(await texts(id)).toEqual([]);
    });

    test('a secret that is late is told apart from one that never was, and leaves no key', async () => {
      const { id } = await invited();
      const late = bytes();
      await under.issueSecret(id, late, true);
      await expect(under.store.use(useOf(late), nobodyRefused)).rejects.toMatchObject({ code: 'enrolment_expired' });
      expect(await texts(id)).toEqual([]);
    });

    test('a host that the judge refuses leaves the secret for the right one', async () => {
      const { id, secretHash } = await invited();
      const wrong = new AppError('enrolment_wrong_ip', { seen: '198.51.100.9', allowed: [] });
      expect((await under.store.use(useOf(secretHash), () => wrong)).refusal).toBe(wrong);
      expect(await texts(id)).toEqual([]);
      expect((await under.store.use(useOf(secretHash), nobodyRefused)).refusal).toBeNull();
    });

    test('a removal beside a use leaves no valid key, whichever came first', async () => {
      for (let round = 0; round < 5; round++) {
        const { id, secretHash } = await invited();
        await Promise.allSettled([under.store.use(useOf(secretHash), nobodyRefused), under.removeMember(id)]);
        expect(await texts(id)).toEqual([]);
      }
    });

    test('a new secret beside a use: the use wins or is refused, and the new secret works in any case', async () => {
      for (let round = 0; round < 5; round++) {
        const { id, secretHash } = await invited();
        const second = bytes();
        await Promise.allSettled([under.store.use(useOf(secretHash), nobodyRefused), under.issueSecret(id, second)]);
        const use = useOf(second);
        await under.store.use(use, nobodyRefused);
        expect(await texts(id)).toEqual([Buffer.from(use.publicKey).toString('hex')]);
      }
    });

    test('enrolling anew revokes the old key and ends a quarantine; being refused does neither (R34, R35)', async () => {
      const { id, secretHash } = await invited();
      await under.store.use(useOf(secretHash), nobodyRefused);
      const [old] = await texts(id);
      await under.quarantine(id);
      const second = bytes();
      await under.issueSecret(id, second);
      const wrong = new AppError('enrolment_wrong_hostname', { seen: 'other', allowed: 'one' });
      await under.store.use(useOf(second), () => wrong);
      expect({ keys: await texts(id), quarantined: await under.isQuarantined(id) }).toEqual({
        keys: [old],
        quarantined: true,
      });
      const use = useOf(second);
      await under.store.use(use, nobodyRefused);
      expect({ keys: await texts(id), quarantined: await under.isQuarantined(id) }).toEqual({
        keys: [Buffer.from(use.publicKey).toString('hex')],
        quarantined: false,
      });
    });
  });
}

function useOf(secretHash: Uint8Array): EnrolmentUse {
  made += 1;
  const keyId = `key-${made}`;
  const [peer, agentVersion, requestId] = ['198.51.100.7', '0.1.0', `req-${made}`];
  return { secretHash, keyId, publicKey: bytes(), peer, agentVersion, requestId };
}

/** 32 that nobody else has. */
function bytes(): Uint8Array {
  made += 1;
  return new Uint8Array(32).fill(made % 256).fill(Math.floor(made / 256), 0, 4);
}
