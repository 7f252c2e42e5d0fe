import type { MemberId } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Liveness, LivenessNews } from '../worker/ports.ts';
import type { Batch, BeatStore } from './ports.ts';
import { beatOf, reportOf } from './testing/beats.ts';

/** A writer's and a reader's side of one storage, and how a test waits for it. */
export interface LivenessUnderTest {
  readonly beats: BeatStore;
  /** Of a process that does not hear agents itself. */
  readonly liveness: Liveness;
  /** What a listener subscribes to; returns the unsubscriber. */
  onFlushAsked(flush: () => void): () => void;
  /** Resolves once every notice sent before has been told, and a new subscription works. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

let made = 0;
const fresh = (word: string) => `${word}-${++made}`;

/** The executable meaning of BeatStore and Liveness together. PostgreSQL's and the in-memory ones both pass it. */
export function describeLiveness(name: string, open: () => Promise<LivenessUnderTest>): void {
  describe(`BeatStore and Liveness: ${name}`, () => {
    let under: LivenessUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const store = (listenerId: string, watermarkMs: number, ...heard: HeardSpec[]) =>
      under.beats.store(batchOf(listenerId, watermarkMs, heard));
    const now = async () => (await under.liveness.news(null)).cursor;

    test('without a cursor everything known is told, with one only what was stored since', async () => {
      const [listener, one, two] = [fresh('l'), fresh('m'), fresh('m')];
      await store(listener, 100, [one, 1, 1], [two, 1, 5]);
      const all = await under.liveness.news(null);
      expect(seqsOf(all)).toMatchObject({ [one]: 1, [two]: 5 });
      await store(listener, 200, [two, 1, 6]);
      const since = await under.liveness.news(all.cursor);
      expect(seqsOf(since)).toEqual({ [two]: 6 });
      expect(seqsOf(await under.liveness.news(since.cursor))).toEqual({});
      expect(seqsOf(await under.liveness.news(null))).toMatchObject({ [one]: 1, [two]: 6 });
    });

    test('all that a decision needs of a beat is told as it was heard', async () => {
      const [listener, member] = [fresh('l'), fresh('m') as MemberId];
      const said = {
        report: reportOf('failed'),
        declaredIpv4: '203.0.113.7',
        declaredIpv6: '2001:db8::9',
        seenIp: '2001:db8::7',
        refusal: { because: 'hostname', seen: 'other.example.com' },
      } as const;
      const beat = beatOf(member, 3, 9, said);
      const heard = { beat, heardAtMs: 41.5, reportJson: JSON.stringify(beat.report), traffic: null };
      await under.beats.store({ listenerId: listener, watermarkMs: 44.5, beats: [heard], changed: true });
      const { heard: told } = await under.liveness.news(null);
      expect(told.find(({ memberId }) => memberId === member)).toEqual({
        memberId: member,
        listenerId: listener,
        boot: 3,
        seq: 9,
        heardAtMs: 41.5,
        ...said,
      });
    });

    test('each listener has its own place in the cursor: what one stores hides nothing of another', async () => {
      const [early, late, one, two] = [fresh('l'), fresh('l'), fresh('m'), fresh('m')];
      await store(early, 10, [one, 1, 1]);
      const cursor = await now();
      await store(late, 7_000, [two, 1, 1]);
      const second = await under.liveness.news(cursor);
      await store(early, 20, [one, 1, 2]);
      expect(seqsOf(second)).toEqual({ [two]: 1 });
      expect(seqsOf(await under.liveness.news(second.cursor))).toEqual({ [one]: 2 });
      expect(seqsOf(await under.liveness.news(cursor))).toEqual({ [one]: 2, [two]: 1 });
    });

    test('two readers with cursors of their own are told the same', async () => {
      const [listener, member] = [fresh('l'), fresh('m')];
      const [mine, theirs] = [await now(), await now()];
      await store(listener, 10, [member, 1, 1]);
      expect(seqsOf(await under.liveness.news(mine))).toEqual({ [member]: 1 });
      expect(seqsOf(await under.liveness.news(theirs))).toEqual({ [member]: 1 });
    });

    test('every listener’s watermark comes with all news, with or without beats, and never goes back', async () => {
      const [one, two] = [fresh('l'), fresh('l')];
      await store(one, 500);
      await store(two, 90, [fresh('m'), 1, 1]);
      const { cursor, watermarks } = await under.liveness.news(null);
      expect(watermarks).toEqual(
        expect.arrayContaining([
          { listenerId: one, atMs: 500 },
          { listenerId: two, atMs: 90 },
        ]),
      );
      await store(one, 400);
      await store(two, 340);
      expect(marksOf(await under.liveness.news(cursor))).toMatchObject({ [one]: 500, [two]: 340 });
    });

    test('a watermark is never ahead of the beats before it, read while they are written (I7)', async () => {
      const [listener, member] = [fresh('l'), fresh('m')];
      const writing = (async () => {
        for (let seq = 1; seq <= 40; seq++) await store(listener, seq * 10, [member, 1, seq]);
      })();
      let [cursor, seq]: [string, number] = [await now(), 0];
      let watermark = 0;
      while (watermark < 400) {
        const news = await under.liveness.news(cursor);
        cursor = news.cursor;
        seq = Math.max(seq, seqsOf(news)[member] ?? 0);
        watermark = marksOf(news)[listener] ?? 0;
        if (watermark > 0 && seq > 0) expect(watermark).toBeLessThanOrEqual(seq * 10);
      }
      await writing;
    });

    test.each([
      ['an earlier seq', [1, 8], [1, 7], [1, 8]],
      ['the same seq', [1, 8], [1, 8], [1, 8]],
      ['an older boot with a greater seq', [3, 1], [2, 900], [3, 1]],
      ['a later seq', [1, 8], [1, 9], [1, 9]],
      ['a newer boot with a smaller seq', [1, 900], [2, 1], [2, 1]],
    ] as const)('a member’s row only goes forward: %s of another listener', async (_name, first, second, kept) => {
      const [left, present, member] = [fresh('l'), fresh('l'), fresh('m')];
      await store(left, 10, [member, ...first]);
      const cursor = await now();
      await store(present, 20, [member, ...second]);
      const isNews = kept[0] !== first[0] || kept[1] !== first[1];
      const { heard } = await under.liveness.news(null);
      expect(heard.find(({ memberId }) => memberId === member)).toMatchObject({
        boot: kept[0],
        seq: kept[1],
        listenerId: isNews ? present : left,
      });
      const told = await under.liveness.news(cursor);
      expect(seqsOf(told)).toEqual(isNews ? { [member]: kept[1] } : {});
      expect(marksOf(told)).toMatchObject({ [present]: 20 });
    });

    test('a change wakes the readers, an unchanged batch nobody (R6)', async () => {
      const [listener, member] = [fresh('l'), fresh('m')];
      const woken = vi.fn();
      const unsubscribe = under.liveness.onChange(woken);
      await under.settle();
      woken.mockClear();
      await under.beats.store(batchOf(listener, 10, [[member, 1, 1]]));
      await under.settle();
      expect(woken).not.toHaveBeenCalled();
      await under.beats.store({ ...batchOf(listener, 20, [[member, 1, 2]]), changed: true });
      await under.settle();
      expect(woken).toHaveBeenCalledTimes(1);
      unsubscribe();
      await under.beats.store({ ...batchOf(listener, 30, [[member, 1, 3]]), changed: true });
      await under.settle();
      expect(woken).toHaveBeenCalledTimes(1);
    });

    test('a flush that a reader asks for reaches every listener (R2)', async () => {
      const asked = [vi.fn(), vi.fn()];
      const unsubscribe = asked.map((flush) => under.onFlushAsked(flush));
      await under.settle();
      for (const flush of asked) flush.mockClear();
      await under.liveness.flush();
      await under.settle();
      for (const [index, flush] of asked.entries()) {
        expect(flush).toHaveBeenCalledTimes(1);
        unsubscribe[index]?.();
      }
    });
  });
}

type HeardSpec = readonly [memberId: string, boot: number, seq: number];

function batchOf(listenerId: string, watermarkMs: number, heard: readonly HeardSpec[]): Batch {
  const beats = heard.map(([memberId, boot, seq]) => {
    const beat = beatOf(memberId, boot, seq);
    return { beat, heardAtMs: watermarkMs - 1, reportJson: JSON.stringify(beat.report), traffic: null };
  });
  return { listenerId, watermarkMs, beats, changed: false };
}

function seqsOf({ heard }: LivenessNews): Readonly<Record<string, number>> {
  return Object.fromEntries(heard.map(({ memberId, seq }) => [memberId, seq]));
}

function marksOf({ watermarks }: LivenessNews): Readonly<Record<string, number>> {
  return Object.fromEntries(watermarks.map(({ listenerId, atMs }) => [listenerId, atMs]));
}
