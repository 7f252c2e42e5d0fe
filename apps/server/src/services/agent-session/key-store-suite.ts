import type { MemberId } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyStore, RegisteredMembers } from './ports.ts';

/** A store under test, and how a test furnishes it. */
export interface KeysUnderTest {
  readonly keys: KeyStore;
  readonly members: Pick<RegisteredMembers, 'read'>;
  /** A member with a valid key. */
  addEnrolled(hostname: string): Promise<MemberId>;
  /** Whose key before is worth nothing from now on. */
  replaceKey(id: MemberId, publicKey: Uint8Array): Promise<void>;
  removeMember(id: MemberId): Promise<void>;
  /** A beat of this boot is stored. */
  storeBeat(id: MemberId, boot: number): Promise<void>;
  isQuarantined(id: MemberId): Promise<boolean>;
  /** What a person does, or a new enrolment. */
  clearQuarantine(id: MemberId): Promise<void>;
  /** How often a quarantine of the member began. */
  quarantines(id: MemberId): Promise<number>;
  close(): Promise<void>;
}

/** The executable meaning of KeyStore (R35). The in-memory store and PostgreSQL's both pass it. */
export function describeKeyStore(name: string, open: () => Promise<KeysUnderTest>): void {
  describe(`KeyStore: ${name}`, () => {
    let under: KeysUnderTest;
    let made = 0;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const keyOf = (id: string) => under.keys.currentKey(id, 'stranger');
    const enrolled = async () => {
      const id = await under.addEnrolled(`k${++made}.example.com`);
      return {
        id,
        start: async (superseded: number | null) => under.keys.startBoot(await keyOf(id), superseded),
      };
    };
    const lastBoot = async (id: MemberId) => (await keyOf(id)).lastBoot;

    test('nobody has a key of a member that is unknown or removed, and no boot either', async () => {
      const { id } = await enrolled();
      const key = await keyOf(id);
      await under.removeMember(id);
      for (const attempt of [() => keyOf(id), () => keyOf('nobody'), () => under.keys.startBoot(key, null)])
        await expect(attempt()).rejects.toMatchObject({ code: 'agent_key_unknown' });
    });

    test('members are read with the key that proves them now, as a look-up finds it', async () => {
      const { id } = await enrolled();
      const read = async () => (await under.members.read()).find((row) => row.id === id);
      const before = await keyOf(id);
      expect(Buffer.from((await read())?.publicKey ?? [])).toEqual(Buffer.from(before.publicKey));
      await under.replaceKey(id, new Uint8Array(32).fill(7));
      const after = await keyOf(id);
      expect(after.keyId).not.toBe(before.keyId);
      expect(await read()).toMatchObject({ keyId: after.keyId });
      expect(Buffer.from((await read())?.publicKey ?? [])).toEqual(Buffer.alloc(32, 7));
      await under.removeMember(id);
      expect(await read()).toBeUndefined();
    });

    test('boots rise by one, and of starts at once each gets its own', async () => {
      const { id, start } = await enrolled();
      expect(await start(null)).toBe(1);
      const boots = await Promise.all(Array.from({ length: 6 }, () => start(null)));
      expect(boots.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
      expect(await lastBoot(id)).toBe(7);
    });

    test('no boot is issued again that a stored beat bears: the store may have been restored', async () => {
      const { id, start } = await enrolled();
      await start(null);
      await under.storeBeat(id, 5);
      expect(await start(null)).toBe(6);
    });

    test('a boot that an agent brings is learnt, never lowered', async () => {
      const { id, start } = await enrolled();
      await under.keys.raiseBoot(id, 40);
      await under.keys.raiseBoot(id, 9);
      expect(await lastBoot(id)).toBe(40);
      expect(await start(null)).toBe(41);
    });

    test('two runs that take three boots each from one another in turn are quarantined, once', async () => {
      const { id, start } = await enrolled();
      let [mine, theirs] = [await start(null), await start(null)];
      for (let turn = 1; turn <= 3; turn++) {
        expect(await under.isQuarantined(id)).toBe(false);
        mine = await start(mine);
        expect(await under.isQuarantined(id)).toBe(false);
        theirs = await start(theirs);
      }
      expect(await under.isQuarantined(id)).toBe(true);
      mine = await start(mine);
      theirs = await start(theirs);
      expect(await under.quarantines(id)).toBe(1);
    });

    test('after a person has cleared it, the runs are counted from the beginning', async () => {
      const { id, start } = await enrolled();
      let [mine, theirs] = [await start(null), await start(null)];
      for (let turn = 1; turn <= 3; turn++) [mine, theirs] = [await start(mine), await start(theirs)];
      await under.clearQuarantine(id);
      [mine, theirs] = [await start(mine), await start(theirs)];
      expect(await under.isQuarantined(id)).toBe(false);
      for (let turn = 1; turn <= 2; turn++) [mine, theirs] = [await start(mine), await start(theirs)];
      expect(await under.isQuarantined(id)).toBe(true);
      expect(await under.quarantines(id)).toBe(2);
    });

    test('a host that starts a hundred times, each time overlapping its last run, is not (R35)', async () => {
      const { id, start } = await enrolled();
      let old = await start(null);
      for (let restart = 0; restart < 100; restart++) {
        const fresh = await start(null);
        await start(old); // the old run is told, and takes a boot, before it ends
        old = await start(fresh);
      }
      expect(await under.isQuarantined(id)).toBe(false);
    });
  });
}
