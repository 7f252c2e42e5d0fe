import type { DnsName } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { createListStanding } from './list-standing.ts';

const zone = 'example.test' as DnsName;
const other = 'other.test' as DnsName;

/** A standing after so many lists have failed, one after another. */
function afterFailures(count: number) {
  const standing = createListStanding();
  const fail = () => standing.failed(zone, standing.isDoubted(zone));
  for (let n = 0; n < count; n += 1) fail();
  /** How many looks it takes until it is listed again. */
  const restOf = () => {
    let looks = 0;
    for (; !standing.isListed(zone); looks += 1) standing.lookedWithout(zone, 1, 1);
    return looks;
  };
  return { standing, fail, restOf };
}

describe('a zone', () => {
  it('is listed until its list fails twice in succession, and so is any other', () => {
    const { standing, fail } = afterFailures(1);
    expect(standing.isListed(zone)).toBe(true);
    standing.whole(zone);
    fail();
    expect(standing.isListed(zone)).toBe(true);
    fail();
    expect([standing.isListed(zone), standing.isListed(other)]).toEqual([false, true]);
  });

  it('is not judged twice by lists that began together', () => {
    const standing = createListStanding();
    for (const wasDoubted of [false, false, false]) standing.failed(zone, wasDoubted);
    expect(standing.isListed(zone)).toBe(true);
    for (const wasDoubted of [true, true, true]) standing.failed(zone, wasDoubted);
    for (let n = 0; n < 100; n += 1) standing.lookedWithout(zone, 1, 1);
    expect(standing.isListed(zone)).toBe(true);
  });

  it('rests twice as long each time its list fails again, up to a limit, and as at first after one that did not', () => {
    const { standing, fail, restOf } = afterFailures(1);
    const rests = Array.from({ length: 6 }, () => {
      fail();
      return restOf();
    });
    expect(rests).toEqual([100, 200, 400, 800, 1_600, 1_600]);
    standing.whole(zone);
    fail();
    fail();
    expect(restOf()).toBe(100);
  });

  it('is trusted again where its names do not answer either; not once they have', () => {
    const { standing, fail } = afterFailures(2);
    standing.lookedWithout(zone, 20, 0);
    expect(standing.isListed(zone)).toBe(true);
    expect(standing.isDoubted(zone)).toBe(false);
    fail();
    fail();
    standing.lookedWithout(zone, 20, 1);
    standing.lookedWithout(zone, 20, 0);
    expect(standing.isListed(zone)).toBe(false);
  });

  it('that is too large stays unlisted', () => {
    const { standing } = afterFailures(0);
    standing.tooLarge(zone);
    standing.lookedWithout(zone, 10_000, 10_000);
    expect(standing.isListed(zone)).toBe(false);
  });
});
