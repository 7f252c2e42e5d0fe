import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { atOnce, type LeaseRow } from './lease.ts';

/** An empty row under test: nobody ever held it. */
export interface LeaseRowUnderTest {
  readonly row: LeaseRow;
  close(): Promise<void>;
}

/** The executable meaning of LeaseRow. The row in memory and PostgreSQL's both pass it. */
export function describeLeaseRow(name: string, open: () => Promise<LeaseRowUnderTest>): void {
  describe(`LeaseRow: ${name}`, () => {
    let under: LeaseRowUnderTest;
    let row: LeaseRow;
    beforeEach(async () => {
      under = await open();
      row = under.row;
    });
    afterEach(() => under.close());

    const acquired = (term: number) => ({ kind: 'acquired', term, atMs: expect.any(Number) });
    /** The stamp that a rival sees. */
    async function seen(rival = 'rival'): Promise<string> {
      const answer = await row.acquire(rival, null);
      if (answer.kind !== 'taken') throw new Error('the lease was free');
      return answer.stamp;
    }

    test('a free lease is acquired, one in use is not', async () => {
      expect(await row.acquire('one', null)).toEqual(acquired(1));
      expect(await row.acquire('two', null)).toMatchObject({ kind: 'taken' });
      expect(await row.renew({ holder: 'one', term: 1 })).toEqual(expect.any(Number));
    });

    test('asking changes nothing: the stamp stays until the holder renews, and each renewal gives a new one', async () => {
      await row.acquire('one', null);
      const stamps = [await seen(), await seen('another')];
      for (let renewal = 0; renewal < 3; renewal += 1) {
        await row.renew({ holder: 'one', term: 1 });
        stamps.push(await seen());
      }
      expect(stamps[0]).toBe(stamps[1]);
      expect(new Set(stamps).size).toBe(4);
    });

    test('it is taken over under the stamp that it still bears, in a higher term, and the old fence is void', async () => {
      await row.acquire('one', null);
      expect(await row.acquire('two', await seen())).toEqual(acquired(2));
      expect(await row.renew({ holder: 'one', term: 1 })).toBeNull();
      expect(await row.renew({ holder: 'two', term: 2 })).toEqual(expect.any(Number));
    });

    test('a stamp that was renewed meanwhile takes nothing, however late the request arrives', async () => {
      await row.acquire('one', null);
      const old = await seen();
      await row.renew({ holder: 'one', term: 1 });
      expect(await row.acquire('two', old)).toEqual({ kind: 'taken', stamp: await seen() });
      expect(await row.renew({ holder: 'one', term: 1 })).toEqual(expect.any(Number));
    });

    test('of two who saw the same stamp only the first takes over', async () => {
      await row.acquire('one', null);
      const stamp = await seen();
      expect(await row.acquire('two', stamp)).toEqual(acquired(2));
      expect(await row.acquire('three', stamp)).toMatchObject({ kind: 'taken' });
    });

    test('no stamp ever comes again, over releases and terms', async () => {
      const stamps: string[] = [];
      for (let term = 1; term <= 4; term += 1) {
        expect(await row.acquire('one', null)).toEqual(acquired(term));
        stamps.push(await seen());
        await row.renew({ holder: 'one', term });
        stamps.push(await seen());
        if (term % 2 === 0) await row.release({ holder: 'one', term });
      }
      expect(new Set(stamps).size).toBe(stamps.length);
    });

    test('the holder acquires its own lease anew, in a higher term', async () => {
      await row.acquire('one', null);
      expect(await row.acquire('one', null)).toEqual(acquired(2));
      expect(await row.renew({ holder: 'one', term: 1 })).toBeNull();
    });

    test('a release frees it at once; one under an old fence frees nothing', async () => {
      await row.acquire('one', null);
      await row.acquire('one', null);
      await row.release({ holder: 'one', term: 1 });
      expect(await row.renew({ holder: 'one', term: 2 })).toEqual(expect.any(Number));
      await row.release({ holder: 'one', term: 2 });
      expect(await row.renew({ holder: 'one', term: 2 })).toBeNull();
      expect(await row.acquire('two', null)).toEqual(acquired(3));
    });

    test('the only process there can be takes it at once', async () => {
      await row.acquire('killed', null);
      expect(await row.acquire('next run', atOnce)).toEqual(acquired(2));
    });
  });
}
