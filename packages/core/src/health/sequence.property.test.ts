import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { observeBeat, startSequence } from './sequence.ts';

/*
 * Streams as hosts and networks make them. An honest host beats about once a second, ten times while a unit flaps; a beat may be lost,
 * late by up to 6 s, or sent twice by the network; the token is renewed; the process that hears may stop for minutes and then read its
 * backlog in any order. None of it may ever look like a clone; two hosts must, in the end.
 */

interface Arrival {
  readonly at: number;
  readonly seq: number;
  readonly print: number;
}

/** Numbers from 0 up to 1, the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Network {
  readonly lossShare: number;
  readonly lateShare: number;
  /** Share of requests that arrive twice; 1 = every one. */
  readonly twiceShare: number;
}

interface Host {
  readonly seed: number;
  readonly firstSeq: number;
  readonly beats: number;
  /** Share of the seconds in which it beats ten times. */
  readonly flapShare: number;
  /** What its own words add to each print: two hosts that say the same have the same. */
  readonly voice: number;
  readonly renewEvery: number;
}

const lateMs = 6_000;

function beatsOf({ seed, firstSeq, beats, flapShare, voice, renewEvery }: Host, network: Network): readonly Arrival[] {
  const roll = dice(seed);
  const arrivals: Arrival[] = [];
  let sentAt = roll() * 1_000;
  for (let beat = 0; beat < beats; beat++) {
    const print = 1 + voice + 1_000 * Math.floor(beat / renewEvery) + (beat % 5);
    const copies = roll() < network.twiceShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const isLost = roll() < network.lossShare;
      const delay = roll() < network.lateShare ? roll() * lateMs : 5 + roll() * 50;
      if (!isLost) arrivals.push({ at: sentAt + delay, seq: firstSeq + beat, print });
    }
    sentAt += roll() < flapShare ? 100 : 900 + roll() * 200;
  }
  return arrivals;
}

/** What came while the process stood still is read at its end, in any order, within three seconds. */
function withStop(
  arrivals: readonly Arrival[],
  [from, lastsMs]: readonly [number, number],
  seed: number,
): readonly Arrival[] {
  const roll = dice(seed);
  return arrivals.map((one) =>
    one.at < from || one.at >= from + lastsMs ? one : { ...one, at: from + lastsMs + roll() * 2_900 },
  );
}

/** Instants at which a clone was suspected. */
function suspicions(arrivals: readonly Arrival[]): readonly number[] {
  let sequence = startSequence();
  const suspected: number[] = [];
  for (const { at, seq, print } of arrivals.toSorted((a, b) => a.at - b.at)) {
    const observed = observeBeat(sequence, { boot: 1, seq, print }, at);
    sequence = observed.sequence;
    if (observed.cloneSeq !== null) suspected.push(at);
  }
  return suspected;
}

const share = fc.double({ min: 0, max: 0.6, noNaN: true });
const networks = fc.record({
  lossShare: share,
  lateShare: fc.oneof(share, fc.constant(1)),
  twiceShare: fc.oneof(share, fc.constant(1)),
});
const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const hosts = fc.record({
  seed: seeds,
  firstSeq: fc.integer({ min: 1, max: 5_000 }),
  beats: fc.integer({ min: 300, max: 1_200 }),
  flapShare: fc.oneof(fc.constant(0), share, fc.constant(1)),
  voice: fc.constant(0),
  renewEvery: fc.constantFrom(50, 560),
});

test('an honest host is never taken for two, whatever the network does to its beats', () => {
  fc.assert(
    fc.property(hosts, networks, (host, network) => {
      expect(suspicions(beatsOf(host, network))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('nor when the process that hears it stands still for up to three minutes and then reads its backlog in any order', () => {
  const stops = fc.tuple(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 1_000, max: 180_000 }));
  fc.assert(
    fc.property(hosts, networks, stops, seeds, (host, network, stop, seed) => {
      expect(suspicions(withStop(beatsOf(host, network), stop, seed))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

const calm = { lossShare: 0.05, lateShare: 0.05, twiceShare: 0.05 };
const steady = { beats: 600, flapShare: 0, renewEvery: 560 };

test('two hosts that say different things are told apart within 80 s, however far apart their sequences are: the one behind needs up to 64 s to reach a seq that was heard', () => {
  fc.assert(
    fc.property(seeds, seeds, fc.integer({ min: 1, max: 400 }), (one, other, apart) => {
      const first = beatsOf({ ...steady, seed: one, firstSeq: apart, voice: 0 }, calm);
      const second = beatsOf({ ...steady, seed: other, firstSeq: 1, voice: 500 }, calm);
      expect(suspicions([...first, ...second])[0]).toBeLessThan(80_000);
    }),
    { numRuns: 200 },
  );
});

test('two that say the same to the letter are told apart at once when they are far apart, else by their first renewed token', () => {
  fc.assert(
    fc.property(seeds, seeds, fc.integer({ min: 1, max: 400 }), (one, other, apart) => {
      const renewEvery = 120;
      const first = beatsOf({ ...steady, renewEvery, seed: one, firstSeq: apart, voice: 0 }, calm);
      const second = beatsOf({ ...steady, renewEvery, seed: other, firstSeq: 1, voice: 0 }, calm).map((beat) =>
        beat.print < 1_000 ? beat : { ...beat, print: beat.print + 500 },
      );
      expect(suspicions([...first, ...second])[0]).toBeLessThan(apart > 100 ? 80_000 : 200_000);
    }),
    { numRuns: 200 },
  );
});
